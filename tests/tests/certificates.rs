//! Certificates of plans: whatever is changed in a `PLAN.json`, it is refused, unless the plan still holds.

use mlc_codegen::Options;
use mlc_codegen::certificate::Certificate;
use mlc_compiler::diag::Diags;
use mlc_compiler::settings::{Ram, TimeAxis};
use mlc_compiler::{Compiled, onnx};
use mlc_tests::sequences::{AXIS, Sequence, by_steps};
use serde_json::Value;

/// What is said for people, or claimed and not proved, or may be larger than it need be: a plan with another value holds.
const FREE: &[&str] = &["network", "name", "proved", "budget", "lower_bound"];

/// What only the other files of a crate can be compared with.
const SEALS: &[&str] = &["/build", "/files"];

/// What only the kernels know: which rows a window has, and whether its layer pads.
const KERNELS: &[&str] = &["extent", "stride", "pad"];

fn check(plan: &Value) -> Result<(), Diags> {
    let text = serde_json::to_vec(plan).expect("it is written");
    Certificate::parse(&text)?.check().map(drop)
}

/// The digits at once, in two memories with weights, by rows of layers and of the input; and a network in steps of time.
fn plans() -> Vec<Value> {
    let options = |model: &str| Options::new(mlc_fixtures::dir(model).join("model.onnx"));
    let regions = options("digits_int8")
        .region("dtcm", 1500)
        .region("sram", 2 << 10);
    let by_rows = options("digits_int8").ram(Ram::Least);
    let options = [
        options("digits"),
        regions.hot_weights("dtcm"),
        by_rows.clone(),
        by_rows.stream_input(),
    ];
    let compiled = options.map(|o| o.compile().unwrap_or_else(|diags| panic!("{diags}")));
    let in_time = (1..).find_map(|seed| {
        let sequence = onnx::parse(&Sequence::of(seed).model(48), None).expect("it is a model");
        by_steps(&sequence, TimeAxis::Given(AXIS)).ok()
    });
    let in_time = in_time.expect("some have steps");
    let plan = |compiled: &Compiled| {
        let file = Certificate::proved(compiled, "net").unwrap_or_else(|diag| panic!("{diag}"));
        serde_json::from_str(&file.to_json()).expect("it is read")
    };
    compiled.iter().chain([&in_time]).map(plan).collect()
}

/// Paths to everything in a document that is no list and no record, and to everything in lists.
fn paths(value: &Value, path: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            let fields = fields.iter();
            fields.for_each(|(name, value)| paths(value, &format!("{path}/{name}"), found));
        }
        Value::Array(items) => {
            let items = items.iter().enumerate();
            items.for_each(|(i, item)| {
                found.push(format!("{path}/{i}/"));
                paths(item, &format!("{path}/{i}"), found);
            });
        }
        _ => found.push(path.into()),
    }
}

/// Other values in place of one.
fn others(value: &Value) -> Vec<Value> {
    match value {
        Value::Bool(value) => vec![Value::from(!value)],
        Value::Number(number) => {
            let number = number.as_i64().expect("it is an integer");
            let others = [
                0,
                1,
                number - 1,
                number + 1,
                number * 2,
                number / 2,
                1 << 40,
            ];
            let others = others
                .into_iter()
                .filter(|&other| other != number && other >= 0);
            others.map(Value::from).collect()
        }
        Value::String(text) => ["", "dtcm", "sram", "state", "weights", "tensor"]
            .into_iter()
            .filter(|other| other != text)
            .map(Value::from)
            .collect(),
        _ => Vec::new(),
    }
}

/// Whether buffers in use at the same time are apart, all of them in arenas: what another offset, region or arena may do.
fn is_apart(plan: &Value) -> bool {
    let buffers = plan["buffers"].as_array().expect("a list");
    let number = |value: &Value| value.as_u64().expect("a number");
    let apart = |a: &Value, b: &Value| {
        let ends = |x: &Value| number(&x["offset"]) + number(&x["bytes"]);
        a["region"] != b["region"]
            || number(&a["last"]) < number(&b["first"])
            || number(&b["last"]) < number(&a["first"])
            || ends(a) <= number(&b["offset"])
            || ends(b) <= number(&a["offset"])
    };
    let within = |buffer: &Value| {
        let regions = plan["regions"].as_array().expect("a list");
        let region = regions
            .iter()
            .find(|region| region["name"] == buffer["region"]);
        let aligned = number(&buffer["offset"]).is_multiple_of(number(&buffer["align"]));
        aligned
            && region.is_some_and(|r| {
                number(&buffer["offset"]) + number(&buffer["bytes"]) <= number(&r["bytes"])
            })
    };
    buffers.iter().all(within)
        && (0..buffers.len()).all(|i| buffers[..i].iter().all(|b| apart(&buffers[i], b)))
}

#[test]
fn nothing_that_matters_can_be_changed() {
    for plan in plans() {
        assert_eq!(check(&plan).map_err(|diags| diags.to_string()), Ok(()));
        let mut found = Vec::new();
        paths(&plan, "", &mut found);
        let mut refused = 0;
        for path in found {
            let field = path.rsplit('/').next().unwrap_or_default();
            let seals = SEALS.iter().any(|seal| path.starts_with(seal));
            if seals || FREE.contains(&field) || KERNELS.contains(&field) {
                continue;
            }
            for changed in changes(&plan, &path) {
                match check(&changed) {
                    Err(_) => refused += 1,
                    // Rows may lie over each other; whatever is refused is no plan, whatever is not must be one.
                    Ok(()) => assert!(
                        is_free(&path) && is_sound(&changed),
                        "{path}: {:?}",
                        changed.pointer(&path)
                    ),
                }
            }
        }
        assert!(refused > 200, "{refused}");
    }
}

/// Whether another value may be as right: where a buffer lies, and how large its arena is, is the plan's own choice; and a
/// step may use less of what others need anyway, or something else that is there.
fn is_free(path: &str) -> bool {
    let field = path
        .trim_end_matches('/')
        .rsplit('/')
        .next()
        .unwrap_or_default();
    let is_item = path.ends_with('/');
    match path.split('/').nth(1) {
        Some("buffers") => ["offset", "region"].contains(&field),
        Some("regions") => field == "bytes",
        Some("steps" | "inputs" | "outputs") => {
            let uses = ["/reads/", "/updates/"];
            let is_use = is_item && uses.iter().any(|list| path.contains(list));
            is_use || ["buffer", "at", "bytes", "align"].contains(&field)
        }
        _ => false,
    }
}

fn is_sound(plan: &Value) -> bool {
    let by_rows = plan["segments"].as_array().is_some_and(|s| !s.is_empty());
    by_rows || is_apart(plan)
}

/// The plan with something else at a path, or without an item of a list.
fn changes(plan: &Value, path: &str) -> Vec<Value> {
    if let Some(item) = path.strip_suffix('/') {
        let (list, index) = item.rsplit_once('/').expect("it is in a list");
        let mut plan = plan.clone();
        let list = plan.pointer_mut(list).and_then(Value::as_array_mut);
        list.expect("it is a list")
            .remove(index.parse().expect("it is a number"));
        return vec![plan];
    }
    let with = |other| {
        let mut plan = plan.clone();
        *plan.pointer_mut(path).expect("it is there") = other;
        plan
    };
    others(plan.pointer(path).expect("it is there"))
        .into_iter()
        .map(with)
        .collect()
}

#[test]
fn an_unknown_field_is_refused_wherever_it_is() {
    for plan in plans() {
        let mut records = vec![String::new()];
        let mut all = Vec::new();
        paths(&plan, "", &mut all);
        records.extend(
            all.iter()
                .filter_map(|path| path.strip_suffix('/').map(String::from)),
        );
        for record in records {
            let mut plan = plan.clone();
            if let Some(Value::Object(fields)) = plan.pointer_mut(&record) {
                fields.insert("hidden".into(), Value::from(0));
                assert!(check(&plan).is_err(), "{record}");
            }
        }
    }
}
