//! Plans that hold, and what is found in those that were tampered with.

use super::*;

fn buffer(name: &str, offset: usize, [first, last]: [usize; 2]) -> Buffer {
    Buffer {
        name: name.into(),
        region: "arena".into(),
        offset,
        bytes: 8,
        align: 4,
        first,
        last,
        holds: Holds::Tensor,
    }
}

/// All of a buffer.
fn all(buffer: usize) -> Operand {
    Operand {
        buffer,
        at: 0,
        bytes: 8,
        align: 4,
    }
}

fn step(reads: &[usize], writes: &[usize]) -> Step {
    let all = |buffers: &[usize]| buffers.iter().map(|&b| all(b)).collect();
    Step {
        name: "step".into(),
        reads: all(reads),
        updates: Vec::new(),
        writes: all(writes),
    }
}

fn region(name: &str, bytes: usize) -> Region {
    Region {
        name: name.into(),
        bytes,
        budget: Some(16),
        lower_bound: bytes,
    }
}

fn plan() -> Certificate {
    Certificate {
        format: FORMAT,
        network: "tiny".into(),
        proved: true,
        build: String::new(),
        files: Listed::new(),
        regions: vec![region("arena", 16)],
        buffers: vec![
            buffer("a", 0, [0, 1]),
            buffer("b", 8, [1, 2]),
            buffer("c", 0, [2, 3]),
        ],
        inputs: vec![all(0)],
        steps: vec![step(&[0], &[1]), step(&[1], &[2])],
        outputs: vec![all(2)],
        segments: Vec::new(),
    }
}

fn problems(plan: &Certificate) -> String {
    plan.check()
        .map_or_else(|diags| diags.to_string(), |_| String::new())
}

#[test]
fn a_plan_that_holds_is_confirmed() {
    let checked = plan().check().unwrap();
    assert!(checked.optimal && checked.claimed);
    let again = Certificate::parse(plan().to_json().as_bytes());
    assert_eq!(again.unwrap(), plan());
}

#[test]
fn what_was_tampered_with_is_found() {
    let tampered = |change: fn(&mut Certificate)| {
        let mut plan = plan();
        change(&mut plan);
        problems(&plan)
    };
    assert!(tampered(|p| p.buffers[1].offset = 4).contains("collides with `a`"));
    assert!(tampered(|p| p.buffers[1].offset = 12).contains("past the end"));
    assert!(tampered(|p| p.buffers[1].offset = usize::MAX).contains("past the end"));
    assert!(tampered(|p| p.buffers[0].offset = 2).contains("not aligned"));
    assert!(tampered(|p| p.buffers[0].align = 0).contains("not aligned"));
    assert!(tampered(|p| p.buffers[2].last = 9).contains("from step 2 to 3, not from 2 to 9"));
    assert!(tampered(|p| p.buffers[0].last = 0).contains("from step 0 to 1, not from 0 to 0"));
    assert!(tampered(|p| p.buffers[1].bytes = 0).contains("takes 8 bytes, not 0"));
    assert!(tampered(|p| p.buffers[1].align = 1).contains("aligned to 4 bytes, not 1"));
    assert!(tampered(|p| _ = p.buffers.pop()).contains("not there"));
    assert!(tampered(|p| p.steps[1].reads = vec![all(0)]).contains("`b`: it is in use"));
    assert!(tampered(|p| p.inputs.clear()).contains("step 1 reads what was not written"));
    assert!(tampered(|p| p.steps[0].writes[0].bytes = 0).contains("uses no bytes"));
    assert!(tampered(|p| p.regions[0].bytes = usize::MAX).contains("more than it may"));
}

#[test]
fn what_is_not_known_is_refused() {
    let text = plan().to_json();
    let refused = |from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        let said = Certificate::parse(text.replacen(from, to, 1).as_bytes());
        said.unwrap_err().message
    };
    assert!(refused("\"format\": 3", "\"format\": 2").contains("format 2 is not known"));
    assert!(refused("\"name\"", "\"hidden\": 1, \"name\"").contains("unknown field `hidden`"));
    assert!(refused("\"last\"", "\"last\": 2, \"last\"").contains("duplicate field"));
}

#[test]
fn what_is_kept_from_run_to_run_is_in_place_all_the_time() {
    let mut kept = plan();
    kept.regions = vec![Region {
        budget: None,
        ..region("arena", 24)
    }];
    kept.buffers.push(Buffer {
        holds: Holds::State,
        ..buffer("state", 16, [0, 3])
    });
    kept.steps[0].updates.push(all(3));
    assert_eq!(kept.check().unwrap().persistent_bytes, 8);
    let again = Certificate::parse(kept.to_json().as_bytes());
    assert_eq!(again.unwrap(), kept);
    kept.buffers[3].last = 2;
    assert!(problems(&kept).contains("from step 0 to 3, not from 0 to 2"));
    kept.buffers[3] = Buffer {
        holds: Holds::Tensor,
        ..buffer("state", 16, [1, 1])
    };
    assert!(problems(&kept).contains("`state`: step 1 reads what was not written"));
}

#[test]
fn regions_have_addresses_of_their_own() {
    let mut apart = plan();
    apart.regions.push(region("sram", 8));
    apart.buffers[1].region = "sram".into();
    apart.buffers[1].offset = 0;
    apart.regions[0] = region("arena", 8);
    assert_eq!(problems(&apart), "");
    let checked = apart.check().unwrap();
    assert!(checked.optimal && checked.lower_bound == 16);
    let tampered = |change: fn(&mut Certificate)| {
        let mut plan = apart.clone();
        change(&mut plan);
        problems(&plan)
    };
    assert!(tampered(|p| p.buffers[1].region = "arena".into()).contains("collides"));
    assert!(tampered(|p| p.buffers[1].region = "flash".into()).contains("no such region"));
    assert!(tampered(|p| p.regions[1].budget = Some(7)).contains("more than it may"));
    assert!(tampered(|p| p.regions[1].name = "arena".into()).contains("another region"));
}

/// Two rows of `b` are made of two of `a`, one by one.
fn by_rows() -> Certificate {
    let tensor = |buffer, computed, window| Tensor {
        buffer,
        rows: 2,
        row_bytes: 4,
        window,
        computed,
        kept: computed,
    };
    let read = Read {
        tensor: 0,
        extent: 1,
        stride: 1,
        pad: 0,
    };
    let segment = Segment {
        first: 1,
        last: 1,
        fed: false,
        tensors: vec![tensor(0, false, 2), tensor(1, true, 2)],
        layers: vec![Layer {
            reads: vec![read],
            writes: 1,
        }],
    };
    Certificate {
        regions: vec![region("arena", 12)],
        buffers: vec![buffer("a", 4, [0, 1]), buffer("b", 0, [1, 2])],
        segments: vec![segment],
        steps: vec![step(&[0], &[1])],
        outputs: vec![all(1)],
        ..plan()
    }
}

#[test]
fn rows_may_share_bytes_that_are_not_needed_any_more() {
    assert_eq!(problems(&by_rows()), "");
    let mut lost = by_rows();
    let read = &mut lost.segments[0].layers[0].reads[0];
    (read.extent, read.pad) = (2, 1);
    assert!(
        problems(&lost).contains("overwritten that is still needed"),
        "{}",
        problems(&lost)
    );
    let mut nowhere = by_rows();
    nowhere.segments[0].layers[0].writes = 7;
    assert!(problems(&nowhere).contains("what its step does not"));
    let mut endless = by_rows();
    endless.segments[0].tensors[1].rows = usize::MAX;
    assert!(problems(&endless).contains("a tensor is not its buffer"));
    let mut still = by_rows();
    still.segments[0].layers[0].reads[0].stride = 0;
    assert!(problems(&still).contains("do not move"));
}
