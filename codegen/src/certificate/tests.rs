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
        persistent: false,
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
        regions: vec![region("arena", 16)],
        steps: 2,
        buffers: vec![
            buffer("a", 0, [0, 1]),
            buffer("b", 8, [1, 2]),
            buffer("c", 0, [2, 3]),
        ],
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
    let again: Certificate = serde_json::from_str(&plan().to_json()).unwrap();
    assert_eq!(again, plan());
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
    assert!(tampered(|p| p.buffers[2].last = 9).contains("no lifetime"));
}

#[test]
fn what_is_kept_from_run_to_run_is_in_place_all_the_time() {
    let mut kept = plan();
    kept.regions = vec![Region {
        budget: None,
        ..region("arena", 24)
    }];
    kept.buffers.push(Buffer {
        persistent: true,
        ..buffer("state", 16, [0, 3])
    });
    assert_eq!(kept.check().unwrap().persistent_bytes, 8);
    let again: Certificate = serde_json::from_str(&kept.to_json()).unwrap();
    assert_eq!(again, kept);
    kept.buffers[3].last = 2;
    assert!(problems(&kept).contains("kept from one run to the next"));
}

#[test]
fn regions_have_addresses_of_their_own() {
    let mut apart = plan();
    apart.regions.push(region("sram", 8));
    apart.buffers[1].region = "sram".into();
    apart.buffers[1].offset = 0;
    apart.regions[0].bytes = 8;
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
        steps: 1,
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
    assert!(problems(&nowhere).contains("not there"));
    let mut endless = by_rows();
    endless.segments[0].tensors[1].rows = usize::MAX;
    assert!(problems(&endless).contains("without a place"));
}
