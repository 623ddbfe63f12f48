//! Networks in several memories, on random ones: plans hold, and emitted code answers as the interpreter does.

use mlc_codegen::Options;
use mlc_codegen::certificate::Certificate;
use mlc_codegen::native::Builder;
use mlc_compiler::memory::{self, MemoryPlan, OUT_OF_RAM, Traffic};
use mlc_compiler::program::BufferId;
use mlc_compiler::settings::Ram;
use mlc_compiler::tensor::Tensor;
use mlc_compiler::{Compiled, interp};
use mlc_tests::properties::in_regions;
use mlc_tests::seeds::{Subject, agree, seeds};
use mlc_tests::target_dir;
use std::collections::BTreeSet;

/// How many of the seeds fit their regions; all plans are valid, and whatever does not fit is said to.
fn fitting(slack: usize, ram: Ram) -> u64 {
    let fits = |&seed: &u64| match in_regions(&Subject::of(seed), slack, ram, false) {
        Ok(compiled) => {
            let Compiled { program, plan, .. } = &compiled;
            memory::check(program, plan).unwrap_or_else(|diag| panic!("seed {seed}: {diag}"));
            let file = Certificate::of(&compiled, "random");
            let checked = file
                .check()
                .unwrap_or_else(|diags| panic!("seed {seed}: {diags}"));
            assert_eq!(checked.arena_bytes, plan.arena_bytes, "seed {seed}");
            let over = plan.arenas.iter().find(|a| Some(a.bytes) > a.budget);
            assert!(over.is_none(), "seed {seed}: {over:?}");
            true
        }
        Err(diags) => {
            assert_eq!(diags.0[0].code, OUT_OF_RAM, "seed {seed}: {diags}");
            false
        }
    };
    (0..seeds()).filter(fits).count() as u64
}

#[test]
fn plans_are_valid_and_most_networks_fit() {
    let [tight, loose, rows] = [(0, Ram::Plain), (50, Ram::Plain), (0, Ram::Least)]
        .map(|(slack, ram)| fitting(slack, ram));
    assert!(tight <= loose && tight <= rows, "{tight} {loose} {rows}");
    assert!(loose * 2 > seeds(), "{loose} of {} fit", seeds());
}

/// The digits in integers with weights in the fast memory.
fn digits() -> Compiled {
    let options = Options::new(mlc_fixtures::dir("digits_int8").join("model.onnx"));
    let options = options
        .region("dtcm", 1500)
        .region("sram", 2000)
        .hot_weights("dtcm");
    options.compile().unwrap_or_else(|diags| panic!("{diags}"))
}

#[test]
fn the_validator_knows_regions_and_weights_in_them() {
    let Compiled { program, plan, .. } = digits();
    assert!(!plan.hot.is_empty() && plan.arenas.iter().all(|a| a.bytes > 0));
    let tampered = |change: fn(&mut MemoryPlan)| {
        let mut plan = plan.clone();
        change(&mut plan);
        memory::check(&program, &plan).map_err(|diag| diag.to_string())
    };
    assert_eq!(tampered(|_| ()), Ok(()));
    let said = tampered(|plan| plan.hot[0].offset = 0).unwrap_err();
    assert!(said.contains("its bytes hold"), "{said}");
    let said = tampered(|plan| plan.hot[0].offset = 1 << 20).unwrap_err();
    assert!(said.contains("reaches out"), "{said}");
    let said = tampered(|plan| plan.arenas[0].budget = Some(100)).unwrap_err();
    assert!(said.contains("more bytes than it has"), "{said}");
    // All in one address space would collide.
    let together = |plan: &mut MemoryPlan| {
        plan.blocks.values_mut().for_each(|block| block.arena = 0);
        plan.arenas[0].budget = None;
    };
    assert!(tampered(together).is_err());
}

#[test]
fn hot_weights_are_those_that_are_read_most() {
    let Compiled { program, plan, .. } = digits();
    let traffic = Traffic::of(&program);
    let density = |id: BufferId| traffic.bytes(id) / program.buffer(id).bytes() as u64;
    let copied: BTreeSet<_> = plan
        .hot
        .iter()
        .flat_map(|hot| &hot.constants)
        .copied()
        .collect();
    let left = plan
        .weights
        .offsets
        .keys()
        .filter(|id| !copied.contains(id));
    let room = plan.arenas[0].budget.unwrap_or(0) - plan.arenas[0].bytes;
    // What was left out is colder, or there is no room for it.
    let coldest = copied
        .iter()
        .map(|&id| density(id))
        .min()
        .expect("there are some");
    for &id in left {
        let bytes = program.buffer(id).bytes();
        assert!(
            density(id) <= coldest || bytes > room,
            "{}",
            program.buffer(id).name
        );
    }
}

#[test]
fn a_network_in_regions_runs_on_this_machine() {
    let compiled = digits();
    let native = Builder::in_cache(target_dir().join("native")).build(&compiled, "digits");
    let native = native.unwrap_or_else(|diag| panic!("{diag}"));
    assert!(
        native.build.messages.is_empty(),
        "{}",
        native.build.messages
    );
    let image = Tensor::new([1, 1, 8, 8], &[0.5_f32; 64]);
    let inputs = [image];
    let ran = native
        .run(&[inputs.to_vec()])
        .unwrap_or_else(|diag| panic!("{diag}"));
    let expected = interp::run(&compiled.program, &inputs).unwrap();
    assert!(ran.samples[0][0].identical(&expected[0]));
}

#[test]
fn emitted_code_answers_as_the_interpreter_does() {
    agree("regions", |subject| {
        in_regions(subject, 30, Ram::Plain, false).ok()
    });
}

#[test]
fn layers_that_run_row_by_row_answer_as_whole_ones_do() {
    agree("regions-rows", |subject| {
        in_regions(subject, 10, Ram::Least, false).ok()
    });
}

#[test]
fn networks_that_are_fed_row_by_row_answer_as_others_do() {
    agree("regions-fed", |subject| {
        in_regions(subject, 30, Ram::Least, true).ok()
    });
}
