//! What is refused, and why; which axis is taken; what is kept.

use super::*;
use crate::ir::{Op, ValueId};
use crate::lower::lower;
use crate::ops::arithmetic::elementwise::{Map, scalar};
use crate::ops::layout::slice::{Part, Slice};
use crate::ops::layout::transpose::Transpose;
use crate::ops::linear_algebra::matmul::MatMul;
use crate::ops::normalisation::softmax::{Kind, Softmax};
use crate::ops::sequence::latest::Latest;
use crate::ops::sequence::recurrent::{Cell, Recurrent};
use crate::ops::spatial::conv::Conv;
use crate::ops::support::window::Window;
use crate::program::Scope;
use crate::tensor::{DType, Tensor, TensorType};
use mlc_runtime_core::kernels::activation::Activation;
use mlc_runtime_core::kernels::recurrent::Gate;
use mlc_runtime_core::scalar::{ElementType, Expr};

/// A graph with an input of that shape, to which nodes are added.
struct Net(Graph, ValueId);

impl Net {
    fn new(shape: &[usize]) -> Self {
        let mut graph = Graph::new("net");
        let input = graph.add_input("input", TensorType::new(DType::F32, shape));
        Net(graph, input)
    }

    fn add(&mut self, name: &str, op: impl Op, inputs: &[Option<ValueId>]) -> ValueId {
        self.0.add(name, op, inputs).unwrap()[0]
    }

    /// A depthwise convolution over `[1, T, W, C]`, with so much padding before and after the first axis.
    fn conv(
        &mut self,
        name: &str,
        x: ValueId,
        kernel: [usize; 2],
        pads: (isize, isize),
    ) -> ValueId {
        let channels = self.0.ty(x).shape[3];
        let window = Window {
            pads: vec![pads, (0, 0)],
            ..Window::still(kernel.into())
        };
        let shape = [kernel[0], kernel[1], 1, channels];
        let weights = vec![0.5f32; shape.iter().product()];
        let w = self.0.add_constant("w", Tensor::new(shape, &weights));
        let (groups, activation) = (channels, Activation::Identity);
        let op = Conv {
            window,
            groups,
            activation,
        };
        self.add(name, op, &[Some(x), Some(w)])
    }

    fn plus(&mut self, name: &str, a: ValueId, b: ValueId) -> ValueId {
        let arg = |i| Expr::Arg(i, ElementType::F32);
        let (function, dtype) = (scalar("add", [arg(0), arg(1)]).unwrap(), DType::F32);
        self.add(name, Map { function, dtype }, &[Some(a), Some(b)])
    }

    fn steps(mut self, output: ValueId, axis: TimeAxis) -> Result<(Graph, Stepping), Diags> {
        self.0.add_output("output", output);
        let stepping = by_steps(&mut self.0, axis)?;
        Ok((self.0, stepping))
    }

    fn refusal(self, output: ValueId, axis: TimeAxis) -> String {
        self.steps(output, axis).unwrap_err().to_string()
    }
}

/// How many positions each window holds, in order.
fn windows(graph: &Graph) -> Vec<usize> {
    let ops = graph.order().into_iter().map(|id| graph.node(id));
    ops.filter_map(|node| Some(node.op_as::<Latest>()?.rows))
        .collect()
}

#[test]
fn padding_of_the_future_is_refused() {
    let mut net = Net::new(&[1, 30, 1, 8]);
    let input = net.1;
    let x = net.conv("early", input, [3, 1], (1, 1));
    let y = net.conv("late", x, [3, 1], (2, 0));
    let said = net.refusal(y, TimeAxis::Found);
    assert!(
        said.contains("after the last position") && said.contains("early"),
        "{said}"
    );
}

#[test]
fn what_is_cropped_at_the_end_is_still_to_come() {
    let cropped = |crop: usize, pads| {
        let mut net = Net::new(&[1, 30, 1, 8]);
        let mut parts: Vec<_> = [1, 30, 1, 8].map(Part::all).into();
        parts[1].len -= crop;
        let x = net.add("crop", Slice(parts), &[Some(net.1)]);
        let y = net.conv("late", x, [3, 1], pads);
        let stepping = net.steps(y, TimeAxis::Given(1)).unwrap().1;
        (stepping.late, stepping.warm_up, stepping.scope)
    };
    assert_eq!(cropped(0, (2, 0)), (0, 0, Scope::SoFar));
    assert_eq!(cropped(4, (2, 0)), (-4, 0, Scope::SoFar));
    assert_eq!(cropped(4, (0, 0)), (-4, 2, Scope::Latest(30)));
}

#[test]
fn outputs_wait_for_those_that_end_later() {
    let mut net = Net::new(&[1, 30, 1, 8]);
    let mut parts: Vec<_> = [1, 30, 1, 8].map(Part::all).into();
    parts[1].len -= 3;
    let input = net.1;
    let x = net.conv("padded", input, [3, 1], (2, 0));
    let y = net.add("crop", Slice(parts), &[Some(x)]);
    net.0.add_output("whole", x);
    let (graph, stepping) = net.steps(y, TimeAxis::Given(1)).unwrap();
    // The one that is cropped is about what came 3 slices ago.
    assert_eq!(stepping.late, 0);
    assert_eq!(windows(&graph), [3, 4]);
}

#[test]
fn padding_behind_layers_that_begin_later_is_refused() {
    let mut net = Net::new(&[1, 30, 1, 8]);
    let input = net.1;
    let x = net.conv("open", input, [3, 1], (0, 0));
    let y = net.conv("padded", x, [3, 1], (2, 0));
    let said = net.refusal(y, TimeAxis::Found);
    assert!(
        said.contains("begin later") && said.contains("padded"),
        "{said}"
    );
}

#[test]
fn layers_that_run_backwards_are_refused() {
    let mut net = Net::new(&[20, 1, 4]);
    let (input, hidden) = (net.1, 3);
    let mut constant = |shape: &[usize]| {
        let zeros = vec![0f32; shape.iter().product()];
        Some(net.0.add_constant("c", Tensor::new(shape, &zeros)))
    };
    let (w, r) = (constant(&[2, 4, hidden]), constant(&[2, hidden, hidden]));
    let function = Gate::Softsign;
    let op = Recurrent {
        cell: Cell::Rnn {
            functions: [[function]; 2],
        },
        hidden,
        directions: 2,
        reverse: false,
        clip: f32::INFINITY,
        remembers: false,
    };
    let y = net.add("both ways", op, &[Some(input), w, r]);
    let said = net.refusal(y, TimeAxis::Found);
    assert!(
        said.contains("backwards") && said.contains("both ways"),
        "{said}"
    );
}

#[test]
fn attention_over_time_is_refused() {
    let mut net = Net::new(&[20, 4]);
    let input = net.1;
    let turned = net.add("keys", Transpose(vec![1, 0]), &[Some(input)]);
    let activation = Activation::Identity;
    let scores = net.add(
        "scores",
        MatMul { activation },
        &[Some(input), Some(turned)],
    );
    let kind = Kind::Softmax;
    let y = net.add("attention", Softmax { kind, axis: 1 }, &[Some(scores)]);
    let said = net.refusal(y, TimeAxis::Given(0));
    assert!(
        said.contains("by one another") && said.contains("scores"),
        "{said}"
    );
}

#[test]
fn the_axis_is_found_or_asked_for() {
    let of = |channels, kernel| {
        let mut net = Net::new(&[1, 30, 10, channels]);
        let input = net.1;
        let y = net.conv("conv", input, kernel, (0, 0));
        (net, y)
    };
    let net = |kernel| of(8, kernel);
    let (along, y) = net([3, 1]);
    let (_, stepping) = along.steps(y, TimeAxis::Found).unwrap();
    assert_eq!(stepping.axis, 1);
    let (both, y) = net([3, 3]);
    let said = both.refusal(y, TimeAxis::Found);
    assert!(
        said.contains("any of the axes 1, 2") && said.contains("--time-axis"),
        "{said}"
    );
    let (both, y) = net([3, 3]);
    let (graph, _) = both.steps(y, TimeAxis::Given(2)).unwrap();
    assert_eq!(graph.ty(graph.inputs[0]).shape, [1, 30, 1, 8]);
    let (none, y) = of(1, [1, 1]);
    assert!(
        none.refusal(y, TimeAxis::Found)
            .contains("no layer looks back")
    );
    let (far, y) = net([3, 1]);
    assert!(
        far.refusal(y, TimeAxis::Given(4))
            .contains("none has the number 4")
    );
}

#[test]
fn one_input_can_be_time() {
    let mut net = Net::new(&[1, 30, 1, 8]);
    let other = net
        .0
        .add_input("other", TensorType::new(DType::F32, [1, 30, 1, 8]));
    let input = net.1;
    let y = net.plus("sum", input, other);
    assert!(net.refusal(y, TimeAxis::Found).contains("2 inputs"));
}

#[test]
fn windows_over_one_value_are_one() {
    let mut net = Net::new(&[1, 30, 1, 8]);
    let input = net.1;
    let ends = [(5, 4), (3, 2), (2, 1)]
        .map(|(taps, before)| net.conv("conv", input, [taps, 1], (before, 0)));
    let sum = net.plus("sum", ends[0], ends[1]);
    let y = net.plus("all", sum, ends[2]);
    let (graph, stepping) = net.steps(y, TimeAxis::Found).unwrap();
    assert_eq!(windows(&graph), [5]);
    assert_eq!(
        (stepping.hop, stepping.warm_up, stepping.scope),
        (1, 0, Scope::SoFar)
    );
    let program = lower(&graph).unwrap();
    let kept = program.states().map(|(id, _)| program.buffer(id).bytes());
    assert_eq!(kept.sum::<usize>(), 5 * 8 * 4);
}

#[test]
fn what_is_added_to_a_window_waits_for_it() {
    let mut net = Net::new(&[1, 30, 1, 8]);
    let input = net.1;
    let x = net.conv("conv", input, [5, 1], (0, 0));
    let crop = |axis: usize, &dim: &usize| match axis {
        1 => Part {
            begin: 2,
            len: 26,
            step: 1,
        },
        _ => Part::all(dim),
    };
    let parts = [1, 30, 1, 8]
        .iter()
        .enumerate()
        .map(|(axis, dim)| crop(axis, dim))
        .collect();
    let middle = net.add("middle", Slice(parts), &[Some(input)]);
    let y = net.plus("sum", x, middle);
    let (graph, stepping) = net.steps(y, TimeAxis::Found).unwrap();
    // The middle of the window is the third latest position: one window shows both.
    assert_eq!(windows(&graph).first(), Some(&5));
    assert_eq!((stepping.warm_up, stepping.scope), (4, Scope::Latest(30)));
}

#[test]
fn outputs_are_about_the_same_slices() {
    let mut net = Net::new(&[1, 30, 1, 8]);
    let input = net.1;
    let near = net.conv("near", input, [2, 1], (0, 0));
    let far = net.conv("far", near, [9, 1], (0, 0));
    // Its last position is that of the last slice but 8, as for `far`.
    let early = Part {
        begin: 0,
        len: 21,
        step: 1,
    };
    let shape = net.0.ty(near).shape.clone();
    let mut parts: Vec<_> = shape.iter().map(|&dim| Part::all(dim)).collect();
    parts[1] = early;
    let cut = net.add("cut", Slice(parts), &[Some(near)]);
    net.0.add_output("far", far);
    let (graph, stepping) = net.steps(cut, TimeAxis::Found).unwrap();
    // Nine positions in front of `far`, and of what is cut out, to give the oldest.
    assert_eq!(windows(&graph), [2, 9, 9]);
    assert_eq!(stepping.warm_up, 9);
    assert_eq!(stepping.late, 0);
}
