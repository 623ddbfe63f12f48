//! Sizes for open dimensions.

use super::build::*;
use crate::npy;
use crate::onnx::{Bindings, Dim, Model};
use crate::tensor::Tensor;
use insta::assert_snapshot;

/// Inputs `image` and `mask` with open dimensions.
fn open(image: &str, mask: &str) -> Model {
    let mut graph = graph("", "", [node("Add", "image mask", "y")]);
    graph.input = vec![value("image", image), value("mask", mask)];
    graph.output = vec![value("y", "batch 10")];
    parse(&model(graph)).unwrap()
}

fn bindings(dims: &[&str], shapes: &[&str]) -> Bindings {
    let mut bindings = Bindings::default();
    for dim in dims {
        bindings.parse_dim(dim).unwrap();
    }
    for shape in shapes {
        bindings.parse_input_shape(shape).unwrap();
    }
    bindings
}

fn refused(mut model: Model, dims: &[&str], shapes: &[&str]) -> String {
    model.bind(&bindings(dims, shapes)).unwrap_err().to_string()
}

fn known(sizes: &[usize]) -> Vec<Dim> {
    sizes.iter().map(|size| Dim::Known(*size)).collect()
}

#[test]
fn dims_and_shapes_bind_all_that_share_a_name() {
    for (dims, shapes) in [
        (&["batch=2", "time=7"][..], &[][..]),
        (&["time=7"], &["mask:2"]),
        (&[], &["image:2x3x7"]),
    ] {
        let mut model = open("batch 3 time", "batch");
        model.bind(&bindings(dims, shapes)).unwrap();
        assert_eq!(model.inputs[0].dims, known(&[2, 3, 7]));
        assert_eq!(model.inputs[1].dims, known(&[2]));
        assert_eq!(model.outputs[0].dims, Some(known(&[2, 10])));
    }
}

#[test]
fn all_open_dimensions_are_asked_for_at_once() {
    assert_snapshot!(refused(open("batch 3 time", "batch s-1;x"), &[], &[]), @"
    sizes are needed for open dimensions: `batch` (of input `image`), `s-1;x` (of input `mask`), `time` (of input `image`) [unbound-dimension]
      note: add `--dim batch=N --dim 's-1;x=N' --dim time=N` with a size for each `N`
    ");
    assert_snapshot!(refused(open("batch 3 ?", "time"), &[], &[]), @"
    the shape of input `image` is not known: the model says f32[batch×3×?] [unbound-dimension]
      at tensor `image`
      note: add `--input-shape image:?x3x?` with a size for each `?`
    sizes are needed for open dimensions: `time` (of input `mask`) [unbound-dimension]
      note: add `--dim time=N` with a size for each `N`
    ");
}

#[test]
fn contradictions_are_reported() {
    assert_snapshot!(refused(open("batch 3", "batch"), &["batch=2"], &["mask:4", "image:4x5"]), @"
    dimension `batch` would be 2 by `--dim batch=2`, but 4 by `--input-shape mask:4` [conflicting-dimension]
    `--input-shape image:4x5` does not fit the input, which is f32[batch×3] [conflicting-shape]
      at tensor `image`
    ");
    assert_snapshot!(refused(open("batch 3", "batch"), &[], &["mask:4x1"]), @"
    `--input-shape mask:4x1` does not fit the input, which is f32[batch] [conflicting-shape]
      at tensor `mask`
    sizes are needed for open dimensions: `batch` (of input `image`) [unbound-dimension]
      note: add `--dim batch=N` with a size for each `N`
    ");
}

#[test]
fn unknown_names_are_reported_with_what_was_meant() {
    assert_snapshot!(refused(open("batch", "1"), &["btach=1"], &["imagee:1", "1"]), @"
    no dimension of the model is called `btach` [unknown-dimension]
      note: did you mean `batch`?
      note: the model's open dimensions are `batch`
    no input of the model is called `imagee` [unknown-input]
      note: did you mean `image`?
      note: the model's inputs are `image`, `mask`
    `--input-shape` must name an input, since the model has not just one [bad-binding]
      note: the model's inputs are `image`, `mask`
    sizes are needed for open dimensions: `batch` (of input `image`) [unbound-dimension]
      note: add `--dim batch=N` with a size for each `N`
    ");
}

#[test]
fn absurd_sizes_are_refused() {
    assert_snapshot!(refused(open("a b", "1"), &["a=4294967296", "b=4294967296"], &[]), @"
    a shape of [4294967296, 4294967296] is absurdly large [bad-dimension]
      at tensor `image`
    ");
}

#[test]
fn arguments_are_parsed() {
    let shape = |text: &str| Bindings::default().parse_input_shape(text).cloned();
    let expected = |name, sizes: &[usize]| Bindings::default().input_shape(name, sizes).clone();
    assert_eq!(shape("a:1x2").unwrap(), expected(Some("a"), &[1, 2]));
    assert_eq!(
        shape("serving:0:1,2").unwrap(),
        expected(Some("serving:0"), &[1, 2])
    );
    assert_eq!(shape("3x224x224").unwrap(), expected(None, &[3, 224, 224]));
    assert_eq!(shape("a:").unwrap(), expected(Some("a"), &[]));
    for wrong in ["", "a", "a:1x", "a:-1", "1x?", "a:99999999999999999999"] {
        assert!(shape(wrong).is_err(), "{wrong}");
    }
    for wrong in ["", "a", "=1", "a=", "a=-1", "a=b"] {
        assert!(Bindings::default().parse_dim(wrong).is_err(), "{wrong}");
    }
}

fn fixed(inputs: &[&str]) -> Result<Model, String> {
    let mut model = open("batch 3", "batch");
    let mut bindings = bindings(&["batch=2"], &[]);
    inputs.iter().for_each(|input| _ = bindings.input(*input));
    model.bind(&bindings).map_err(|diags| diags.to_string())?;
    Ok(model)
}

#[test]
fn inputs_are_fixed_to_numbers() {
    for (argument, numbers) in [("mask=-1.5", [-1.5, -1.5]), ("mask=1, 2e3", [1.0, 2000.0])] {
        let model = fixed(&[argument]).unwrap();
        assert_eq!(model.inputs.len(), 1);
        assert_eq!(model.fixed, ["mask"]);
        let (name, tensor) = model.initializers.last().unwrap();
        assert_eq!(name, "mask");
        assert_eq!(tensor.values::<f32>(), Some(&numbers[..]));
    }
}

#[test]
fn what_an_input_cannot_be_fixed_to_is_refused() {
    let said = |argument| fixed(&[argument]).unwrap_err();
    assert_snapshot!(said("masks=1"), @"
    no input of the model is called `masks` [unknown-input]
      note: did you mean `mask`?
      note: the model's inputs are `image`, `mask`
    ");
    assert_snapshot!(said("mask"), @"
    `--input mask` is not understood [bad-binding]
      note: it takes an input's name and its value, such as `--input rate=16000`
    ");
    assert_snapshot!(said("mask=high"), @"
    `high` is no element of f32[2] [conflicting-input]
      at tensor `mask`
      note: it takes a number such as `--input rate=16000`, or a file: `--input mask=mask.npy`, `.pb`
    ");
    assert_snapshot!(said("mask=1,2,3"), @"
    3 numbers for f32[2] [conflicting-input]
      at tensor `mask`
      note: it takes one number for all elements, one for each, or a file
    ");
    let twice = fixed(&["mask=1", "mask=2"]).unwrap_err();
    assert!(twice.contains("fixed more than once"), "{twice}");
    assert!(said("mask=nowhere.npy").contains("nowhere.npy"));
}

#[test]
fn arrays_in_files_say_what_dimensions_are() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mask.npy");
    let bound = |tensor: &Tensor| {
        npy::save(&path, tensor).unwrap();
        let mut model = open("batch 3", "batch");
        let mut bindings = Bindings::in_folder(folder.path());
        model
            .bind(bindings.input("mask=mask.npy"))
            .map_err(|diags| diags.to_string())?;
        Ok::<_, String>(model)
    };
    let model = bound(&Tensor::new([4], &[1f32, 2.0, 3.0, 4.0])).unwrap();
    assert_eq!(model.inputs[0].dims, known(&[4, 3]));
    assert_eq!(model.files, std::slice::from_ref(&path));
    let of_doubles = bound(&Tensor::new([4], &[0f64; 4])).unwrap_err();
    assert!(
        of_doubles.contains("holds f64[4], but the input is f32[4]"),
        "{of_doubles}"
    );
    let of_two_axes = bound(&Tensor::new([2, 2], &[0f32; 4])).unwrap_err();
    assert!(
        of_two_axes.contains("does not fit the input, which is f32[batch]"),
        "{of_two_axes}"
    );
}
