//! What a user's crate can do with the runtime without `unsafe`: nothing that is undefined, and nothing beside the plan.

use super::{cargo, user};

/// A memory of 16 bytes, in which 8 are taken from step 1 to step 3.
const PLANNED: &str = r#"
#![forbid(unsafe_code)]
#![allow(unused)]
use mlc_runtime_core::arena::{Arena, Place, Region, Regions, Span, Step};
use mlc_runtime_core::plan::{Block, ByRows, Memory, Plan};

enum Here {}

impl Memory for Here {
    const PLAN: Plan = Plan::proved::<4>(16, &[Block::at(0, 8).during(1, 3)], &[]);
}

type Short = Place<Here, 0, u32, 2>;
type Long = Place<Here, 0, u32, 3>;
type Truth = Place<Here, 0, bool, 8>;
"#;

/// A region of the user's own, longer than the bytes that are proved.
const FAR: &str = "
struct Far;
impl Region for Far {
    type Array = [u8; 4096];
    const SPAN: Span = <Short as Region>::SPAN;
}
";

/// Regions of the user's own, with references to anything.
const SEVERAL: &str = "
struct Several;
impl Regions for Several {
    type Refs<'a> = &'a [u8; 4096];
    type Muts<'a> = ();
    const SPANS: &'static [Span] = &[];
    unsafe fn refs<'a>(_: *const u8) -> &'a [u8; 4096] { &[0; 4096] }
    unsafe fn muts<'a>(_: *mut u8) {}
}
";

/// Items, a statement on an arena, and why they do not compile.
const REFUSED: [(&str, &str, &str); 11] = [
    (FAR, "", "`Far: arena::sealed::Sealed` is not satisfied"),
    (
        SEVERAL,
        "",
        "`Several: arena::sealed::Sealed` is not satisfied",
    ),
    (
        "",
        "Step::<(Long,), ()>(std::marker::PhantomData);",
        "private",
    ),
    ("", "Plan { bytes: 4096, blocks: &[] };", "private"),
    ("", "ByRows { blocks: &[], first: 0, last: 9 };", "private"),
    ("", "ByRows::proved(&[], 0, 9);", "private"),
    (
        "",
        "arena.get(const { Step::<(Truth,), ()>::at(2) });",
        "`bool: mlc_runtime_core::arena::Element`",
    ),
    (
        "",
        "arena.get(const { Step::<(Short,), ()>::at(4) });",
        "a place is read that is not there any more",
    ),
    (
        "",
        "arena.get_mut(const { Step::<(), (Short,)>::at(0) });",
        "a place is written before it is there",
    ),
    (
        "",
        "arena.get(const { Step::<(Long,), ()>::at(2) });",
        "a place reaches past the end of its block",
    ),
    (
        "",
        "Arena::<32>::new().get(const { Step::<(Short,), ()>::at(2) });",
        "a place is planned for another memory",
    ),
];

#[test]
fn references_cannot_be_forged_and_places_are_used_as_planned() {
    let program = |items: &str, statement: &str| {
        let main =
            format!("fn main() {{\n    let mut arena = Arena::<16>::new();\n    {statement}\n}}\n");
        let runtime = mlc_tests::root().join("runtime-core");
        let dir = user(
            "forged",
            &[("mlc-runtime-core", &runtime)],
            &format!("{PLANNED}{items}{main}"),
        );
        let output = cargo(&dir, &["build", "--quiet"]);
        (
            output.status.success(),
            String::from_utf8_lossy(&output.stderr).into_owned(),
        )
    };
    let (compiles, said) = program("", "arena.get(const { Step::<(Short,), ()>::at(2) });");
    assert!(compiles, "{said}");
    for (items, statement, error) in REFUSED {
        let (compiles, said) = program(items, statement);
        assert!(
            !compiles && said.contains(error),
            "{items}{statement}\n{said}"
        );
    }
}
