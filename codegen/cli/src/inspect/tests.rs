//! What is printed: reasons and tables as text, and as JSON what `docs/inspect.md` says.

use super::*;
use mlc_codegen::image::{Footprint, Frame};
use mlc_codegen::report::Estimate;
use mlc_compiler::program::Moving;
use mlc_compiler::quantization::Quantization;
use mlc_compiler::settings::{Io, Ram};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The types of all fields in a document, by their paths.
fn fields(value: &Value, path: &str, found: &mut BTreeMap<String, BTreeSet<&'static str>>) {
    let mut is = |name| _ = found.entry(path.to_owned()).or_default().insert(name);
    match value {
        Value::Null => is("null"),
        Value::Bool(_) => is("truth"),
        Value::Number(_) => is("number"),
        Value::String(_) => is("text"),
        Value::Array(elements) => {
            let path = format!("{path}[]");
            elements
                .iter()
                .for_each(|element| fields(element, &path, found));
        }
        Value::Object(members) => {
            let dot = if path.is_empty() { "" } else { "." };
            for (name, member) in members {
                fields(member, &format!("{path}{dot}{name}"), found);
            }
        }
    }
}

/// The rows of the documentation: path, whether it may be missing, and types.
fn documented() -> Vec<(String, bool, BTreeSet<&'static str>)> {
    let page = include_str!("../../../../docs/inspect.md");
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `"));
    let row = |line: &'static str| {
        let (field, rest) = line.split_once("` | ").expect("a field and its type");
        let (types, _) = rest.split_once(" |").expect("a type and what it is");
        let path = field.trim_end_matches('?');
        (
            path.to_owned(),
            path != field,
            types.split(" or ").collect(),
        )
    };
    rows.map(row).collect()
}

fn document(report: &Report, footprint: Option<Measured>) -> Value {
    serde_json::to_value(Document { report, footprint }).unwrap()
}

fn report(options: Options) -> Report {
    Report::of(&options.compile().unwrap(), "network")
}

/// Something of everything that few networks have.
fn rare(mut report: Report) -> Report {
    report.outputs[0].quantization = Quantization::new(0.5, 3);
    report.layers[0].no_form = Some("it is odd".into());
    if let Estimate::Cycles { without, .. } = &mut report.cycles {
        without.push(1);
    }
    report.stepping = Some(Stepping {
        axis: 1,
        hop: 2,
        warm_up: 0,
        scope: Scope::Latest(5),
        late: 0,
        outputs: vec![Some(Moving {
            axis: 1,
            rate: 1,
            tail: 0,
        })],
    });
    report
}

fn network(name: &str) -> Options {
    Options::new(mlc_fixtures::dir(name).join("model.onnx"))
}

/// Documents that between them have every field.
fn documents() -> Vec<Value> {
    let footprint = Footprint {
        opt_level: OptLevel::S,
        flash_bytes: 4,
        code_bytes: 1,
        constant_bytes: 1,
        weight_bytes: 2,
        ram_bytes: 3,
        variable_bytes: 2,
        stack_bytes: 1,
        deepest: vec![Frame {
            function: "f".into(),
            bytes: 1,
        }],
    };
    let unknown = Measured::Unknown {
        unknown: "no library".into(),
    };
    let m4 = network("digits_int8").target("cortex-m4").unwrap();
    let rows = network("digits").ram(Ram::Least).target("cortex-m0");
    let regions = network("digits_int8").region("dtcm", 1500);
    let regions = regions.region("sram", 2000).hot_weights("dtcm");
    vec![
        document(
            &rare(report(m4.io(Io::Int8))),
            Some(Measured::Footprint(footprint)),
        ),
        document(&report(rows.unwrap()), Some(unknown)),
        document(&report(regions), None),
        document(&report(network("lstm").stream_time()), None),
    ]
}

#[test]
fn json_is_as_documented() {
    let rows = documented();
    let mut ever = BTreeSet::new();
    for document in documents() {
        let mut found = BTreeMap::new();
        fields(&document, "", &mut found);
        for (path, types) in &found {
            let row = rows.iter().find(|(documented, ..)| documented == path);
            let (.., allowed) = row.unwrap_or_else(|| panic!("docs/inspect.md has no `{path}`"));
            assert!(types.is_subset(allowed), "`{path}` is {types:?}");
        }
        let always = rows.iter().filter(|(_, may_lack, _)| !may_lack);
        for (path, ..) in always {
            assert!(found.contains_key(path), "`{path}` is missing");
        }
        ever.extend(found.into_keys());
    }
    let never: Vec<_> = rows
        .iter()
        .filter(|(path, ..)| !ever.contains(path))
        .collect();
    assert!(never.is_empty(), "{never:?} were never printed");
}

fn shown(report: &Report) -> String {
    text(
        &Document {
            report,
            footprint: None,
        },
        Order::Step,
        None,
    )
}

#[test]
fn each_reason_for_a_step_without_a_form_is_said_once() {
    let model = mlc_fixtures::dir("digits_int8").join("model.onnx");
    let options = Options::new(model).target("cortex-m4").unwrap();
    let mut report = Report::of(&options.compile().unwrap(), "digits");
    let said = shown(&report);
    assert!(said.contains("for Arm Cortex-M4") && said.contains("conv2d_dsp"));
    assert!(!said.contains("no form"), "{said}");
    for (step, why) in [(2, "its channels are in groups"), (4, "it is odd")] {
        for layer in &mut report.layers[step - 1..=step] {
            layer.no_form = Some(why.into());
        }
    }
    let lines = "no form for cortex-m4: its channels are in groups (steps 2, 3)\n\
                 no form for cortex-m4: it is odd (steps 4, 5)\n";
    assert!(shown(&report).contains(lines));
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json["layers"][3]["no_form"], "it is odd");
    assert_eq!(json["target"], "cortex-m4");
    let page = html::page(&report, None);
    assert!(page.contains("it is odd (steps 4, 5)") && page.contains("title=\"it is odd\""));
}

#[test]
fn text_fits_eighty_columns() {
    let report = Report::of(&network("digits").compile().unwrap(), "digits");
    let text = text(
        &Document {
            report: &report,
            footprint: None,
        },
        Order::Cost,
        Some(80),
    );
    insta::assert_snapshot!(anstream::adapter::strip_str(&text).to_string());
}
