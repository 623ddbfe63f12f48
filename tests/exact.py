"""How far recorded answers of a convolutional network are from the network computed in f64.

    python3 tests/exact.py FOLDER        (numpy and onnx are needed)

A recorded answer in f32 is itself rounded, layer after layer. Where that adds up to more than what a test allows,
the test cannot be passed by computing better: this says so with a figure, in units of what `cargo xtask zoo` allows
(1e-4 of the value and 1e-5 of the output's range).
"""

import sys
from pathlib import Path

import numpy as np
import onnx
from numpy.lib.stride_tricks import sliding_window_view
from onnx import numpy_helper


def convolve(x, w, bias, attributes):
    top, left, bottom, right = attributes.get("pads", [0] * 4)
    rows, columns = attributes.get("strides", [1, 1])
    x = np.pad(x, ((0, 0), (0, 0), (top, bottom), (left, right)))
    windows = sliding_window_view(x, w.shape[2:], (2, 3))[:, :, ::rows, ::columns]
    if attributes.get("group", 1) == 1:
        y = np.tensordot(windows, w, ((1, 4, 5), (1, 2, 3))).transpose(0, 3, 1, 2)
    else:
        assert w.shape[1] == 1, "groups of one channel are supported"
        y = np.einsum("nchwij,cij->nchw", windows, w[:, 0])
    return y if bias is None else y + bias.reshape(1, -1, 1, 1)


def deconvolve(x, w, bias, attributes):
    assert list(attributes["strides"]) == list(w.shape[2:]), "windows that do not overlap are supported"
    y = np.einsum("nchw,comk->nohmwk", x, w, optimize=True)
    y = y.reshape(y.shape[0], y.shape[1], y.shape[2] * y.shape[3], y.shape[4] * y.shape[5])
    return y if bias is None else y + bias.reshape(1, -1, 1, 1)


def normalise(x, scale, bias, mean, variance, attributes):
    scale, bias, mean, variance = (v.reshape(1, -1, 1, 1) for v in (scale, bias, mean, variance))
    return (x - mean) / np.sqrt(variance + attributes.get("epsilon", 1e-5)) * scale + bias


def clip(x, attributes, low=None, high=None):
    low = attributes.get("min", -np.inf) if low is None else low
    return np.clip(x, low, attributes.get("max", np.inf) if high is None else high)


def repeat(x, scales):
    return x.repeat(int(scales[2]), 2).repeat(int(scales[3]), 3)


def apply(operator, inputs, attributes):
    optional = lambda i: inputs[i] if i < len(inputs) else None
    simple = {
        "Add": lambda: inputs[0] + inputs[1],
        "Mul": lambda: inputs[0] * inputs[1],
        "Div": lambda: inputs[0] / inputs[1],
        "Relu": lambda: np.maximum(inputs[0], 0),
        "Sigmoid": lambda: 1 / (1 + np.exp(-inputs[0])),
        "HardSigmoid": lambda: np.clip(attributes.get("alpha", 0.2) * inputs[0] + attributes.get("beta", 0.5), 0, 1),
        "Clip": lambda: clip(inputs[0], attributes, optional(1), optional(2)),
        "Concat": lambda: np.concatenate(inputs, attributes["axis"]),
        "GlobalAveragePool": lambda: inputs[0].mean((2, 3), keepdims=True),
        "BatchNormalization": lambda: normalise(*inputs[:5], attributes),
        "Conv": lambda: convolve(inputs[0], inputs[1], optional(2), attributes),
        "ConvTranspose": lambda: deconvolve(inputs[0], inputs[1], optional(2), attributes),
        "Resize": lambda: repeat(inputs[0], inputs[2]),
        "Constant": lambda: numpy_helper.to_array(attributes["value"]),
    }
    return simple[operator]()


def run(graph, x):
    wide = lambda a: a.astype(np.float64) if a is not None and a.dtype == np.float32 else a
    values = {t.name: wide(numpy_helper.to_array(t)) for t in graph.initializer}
    values[graph.input[0].name] = wide(x)
    for node in graph.node:
        attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
        inputs = [values[name] if name else None for name in node.input]
        values[node.output[0]] = wide(apply(node.op_type, inputs, attributes))
    return values[graph.output[0].name]


def load(path):
    return numpy_helper.to_array(onnx.TensorProto.FromString(path.read_bytes()))


def main(folder):
    graph = onnx.load(folder / "model.onnx").graph
    sets = sorted(folder.glob("test_data_set_*"))
    recorded = [load(s / "output_0.pb").astype(np.float64) for s in sets]
    spread = max(y.max() for y in recorded) - min(y.min() for y in recorded)
    for s, y in zip(sets, recorded):
        exact = run(graph, load(s / "input_0.pb"))
        distance = np.abs(y - exact) / (1e-4 * np.abs(exact) + 1e-5 * spread)
        print(f"{s.name}: what is recorded is {distance.max():.2f} of what is allowed from f64")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
