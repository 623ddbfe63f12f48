"""Layers of made-up weights and scales in two formats, and what engines of TensorFlow Lite answer for made-up inputs.

Called as `run.py FOLDER [MODEL.tflite NAME SHAPE]...`. Each layer is a folder FOLDER/NAME with the same network as
`model.tflite` and `model.onnx`, its inputs as `input_K.npy`, and the answers of LiteRT's reference kernels and of
TensorFlow Lite for Microcontrollers as `tflite.npy` and `tflm.npy`. Of a MODEL.tflite that is given there are inputs and
answers only, in the SHAPE that its twin in ONNX takes. Folders of a kind of layer, or of a network, are numbered.
"""

import os
import sys

import flatbuffers
import numpy as np
import onnx
from ai_edge_litert import interpreter as litert
from ai_edge_litert import schema_py_generated as schema
from onnx import TensorProto, helper, numpy_helper
from tflite_micro.python.tflite_micro import runtime as tflm

random = np.random.default_rng(20261130)


class Tensor:
    """A quantised tensor: data if it is constant, and a scale for all of it or for each index along an axis."""

    def __init__(self, name, shape, scale=None, zero=0, axis=0, data=None, dtype=np.int8):
        self.name, self.shape, self.data, self.dtype = name, list(shape), data, dtype
        self.scale = None if scale is None else np.atleast_1d(np.asarray(scale, np.float32))
        self.zero, self.axis = int(zero), axis

    def tflite(self, buffers):
        tensor = schema.TensorT()
        tensor.name, tensor.shape = self.name, self.shape
        types = {np.int8: schema.TensorType.INT8, np.int32: schema.TensorType.INT32}
        tensor.type = types[self.dtype]
        if self.data is not None:
            buffer = schema.BufferT()
            buffer.data = list(np.ascontiguousarray(self.data, self.dtype).tobytes())
            tensor.buffer = len(buffers)
            buffers.append(buffer)
        if self.scale is not None:
            tensor.quantization = schema.QuantizationParametersT()
            tensor.quantization.scale = [float(s) for s in self.scale]
            tensor.quantization.zeroPoint = [self.zero] * len(self.scale)
            tensor.quantization.quantizedDimension = self.axis
        return tensor


def activation(name, shape):
    return Tensor(name, shape, random.uniform(0.004, 0.2), random.integers(-20, 21))


def codes(shape):
    return random.integers(-128, 128, size=shape).astype(np.int8)


def weights(name, shape, channels, axis):
    scale = random.uniform(0.0005, 0.01, size=channels)
    return Tensor(name, shape, scale, 0, axis, np.clip(codes(shape), -127, 127))


def bias(x, w, channels):
    values = random.integers(-4000, 4001, size=channels)
    return Tensor("bias", [channels], x.scale * w.scale, 0, 0, values, np.int32)


def fitting(y, spread):
    """An output of which elements spread over their range: its scale follows from that of what it holds."""
    y.scale = np.atleast_1d(np.float32(spread * random.uniform(0.8, 1.3) / 60))
    return y


def tflite(folder, operator, options, inputs, output):
    model, graph, node, code = schema.ModelT(), schema.SubGraphT(), schema.OperatorT(), schema.OperatorCodeT()
    model.version, model.description, model.buffers = 3, "", [schema.BufferT()]
    code.builtinCode = getattr(schema.BuiltinOperator, operator)
    code.deprecatedBuiltinCode, code.version = min(code.builtinCode, 127), 3 if "CONV" in operator else 4
    code.version = {"ADD": 2, "SUB": 2, "MUL": 2, "MEAN": 2, "SOFTMAX": 2, "AVERAGE_POOL_2D": 2}.get(operator, code.version)
    model.operatorCodes = [code]
    graph.tensors = [tensor.tflite(model.buffers) for tensor in inputs + [output]]
    graph.inputs = [i for i, tensor in enumerate(inputs) if tensor.data is None]
    graph.outputs = [len(inputs)]
    node.opcodeIndex, node.inputs, node.outputs = 0, list(range(len(inputs))), graph.outputs
    if options is not None:
        node.builtinOptions = options
        kind = type(options).__name__.removesuffix("T")
        node.builtinOptionsType = getattr(schema.BuiltinOptions, kind)
    graph.operators, model.subgraphs = [node], [graph]
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), b"TFL3")
    with open(os.path.join(folder, "model.tflite"), "wb") as file:
        file.write(builder.Output())


class Onnx:
    """The same layer between DequantizeLinear and QuantizeLinear, channels first where it looks at images."""

    def __init__(self):
        self.nodes, self.constants, self.inputs, self.count = [], [], [], 0

    def add(self, operator, inputs, **attributes):
        self.count += 1
        name = f"{operator.lower()}_{self.count}"
        self.nodes.append(helper.make_node(operator, inputs, [name], name=name, **attributes))
        return name

    def constant(self, name, array):
        self.constants.append(numpy_helper.from_array(np.asarray(array), name))
        return name

    def parameters(self, tensor):
        scale = tensor.scale if len(tensor.scale) > 1 else tensor.scale[0]
        zero = np.full(np.shape(scale), tensor.zero, tensor.dtype)
        return [self.constant(tensor.name + "_scale", scale), self.constant(tensor.name + "_zero", zero)]

    def floats(self, tensor, data=None, axis=0):
        """What a tensor stands for; a constant may be given in another order of axes."""
        data = tensor.data if data is None else data
        if data is None:
            self.inputs.append(helper.make_tensor_value_info(tensor.name, TensorProto.INT8, tensor.shape))
        else:
            self.constant(tensor.name, data.astype(tensor.dtype))
        return self.add("DequantizeLinear", [tensor.name] + self.parameters(tensor), axis=axis)

    def first(self, x):
        return self.add("Transpose", [x], perm=[0, 3, 1, 2])

    def last(self, x):
        return self.add("Transpose", [x], perm=[0, 2, 3, 1])

    def save(self, folder, y, output):
        codes = self.add("QuantizeLinear", [y] + self.parameters(output))
        result = helper.make_tensor_value_info(codes, TensorProto.INT8, output.shape)
        graph = helper.make_graph(self.nodes, "layer", self.inputs, [result], self.constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
        onnx.checker.check_model(model)
        onnx.save(model, os.path.join(folder, "model.onnx"))


def fully_connected(k):
    rows, inner, columns = 64, int(random.choice([10, 64, 128, 640])), 96
    x, y = activation("x", [rows, inner]), activation("y", [rows, columns])
    w = Tensor("w", [columns, inner], random.uniform(0.0005, 0.01), 0, 0, codes([columns, inner]))
    b = bias(x, Tensor("w", [], np.repeat(w.scale, columns)), columns)
    b.scale = x.scale * w.scale
    fitting(y, x.scale[0] * w.scale[0] * 73 * 73 * inner**0.5)
    options = schema.FullyConnectedOptionsT()
    net = Onnx()
    product = net.add("MatMul", [net.floats(x), net.floats(w, w.data.T)])
    return "FULLY_CONNECTED", options, [x, w, b], y, net, net.add("Add", [product, net.floats(b)])


def window(options, stride=1):
    options.padding, options.strideH, options.strideW = schema.Padding.VALID, stride, stride
    return options


def conv(k):
    c, m = int(random.choice([3, 8, 16])), 24
    x, y = activation("x", [1, 18, 18, c]), activation("y", [1, 16, 16, m])
    w = weights("w", [m, 3, 3, c], m, 0)
    b = bias(x, w, m)
    fitting(y, x.scale[0] * w.scale.mean() * 73 * 73 * (9 * c) ** 0.5)
    net = Onnx()
    operands = [net.first(net.floats(x)), net.floats(w, w.data.transpose(0, 3, 1, 2)), net.floats(b)]
    options = window(schema.Conv2DOptionsT())
    options.dilationHFactor = options.dilationWFactor = 1
    return "CONV_2D", options, [x, w, b], y, net, net.last(net.add("Conv", operands))


def depthwise(k):
    c = 32
    x, y = activation("x", [1, 18, 18, c]), activation("y", [1, 16, 16, c])
    w = weights("w", [1, 3, 3, c], c, 3)
    b = bias(x, w, c)
    fitting(y, x.scale[0] * w.scale.mean() * 73 * 73 * 3)
    net = Onnx()
    operands = [net.first(net.floats(x)), net.floats(w, w.data.transpose(3, 0, 1, 2)), net.floats(b)]
    options = window(schema.DepthwiseConv2DOptionsT())
    options.depthMultiplier = options.dilationHFactor = options.dilationWFactor = 1
    return "DEPTHWISE_CONV_2D", options, [x, w, b], y, net, net.last(net.add("Conv", operands, group=c))


def mean(k):
    """Over the image, or over channels; every other one with the scale of its input."""
    axes, shape = ([1, 2], [1, 7, 7, 640]) if k % 4 < 2 else ([3], [1, 24, 24, int(random.choice([6, 32]))])
    x = activation("x", shape)
    y = activation("y", [1 if i in axes else d for i, d in enumerate(shape)])
    y.scale = x.scale * np.float32(random.uniform(0.1, 0.3))
    if k % 2:
        y.scale, y.zero = x.scale, x.zero
    options = schema.ReducerOptionsT()
    options.keepDims = True
    along = Tensor("axes", [len(axes)], data=np.array(axes), dtype=np.int32)
    net = Onnx()
    return "MEAN", options, [x, along], y, net, net.add("ReduceMean", [net.floats(x)], axes=axes, keepdims=1)


def average_pool(k):
    size = int(random.choice([2, 3, 5]))
    x = activation("x", [1, 30, 30, 16])
    y = Tensor("y", [1, 30 // size, 30 // size, 16], x.scale, x.zero)
    options = window(schema.Pool2DOptionsT(), size)
    options.filterHeight = options.filterWidth = size
    net = Onnx()
    pooled = net.add("AveragePool", [net.first(net.floats(x))], kernel_shape=[size] * 2, strides=[size] * 2)
    return "AVERAGE_POOL_2D", options, [x], y, net, net.last(pooled)


def elementwise(operator, spread):
    def layer(k):
        a, b, y = activation("x", [8192]), activation("other", [8192]), activation("y", [8192])
        fitting(y, spread(a.scale[0] * 73, b.scale[0] * 73))
        net = Onnx()
        options = getattr(schema, operator + "OptionsT")()
        return operator.upper(), options, [a, b], y, net, net.add(operator, [net.floats(a), net.floats(b)])

    return layer


def softmax(k):
    x = activation("x", [256, int(random.choice([2, 10, 100]))])
    y = Tensor("y", x.shape, 1 / 256, -128)
    options = schema.SoftmaxOptionsT()
    options.beta = 1.0
    net = Onnx()
    return "SOFTMAX", options, [x], y, net, net.add("Softmax", [net.floats(x)], axis=-1)


LAYERS = {
    "fully_connected": fully_connected,
    "conv": conv,
    "depthwise": depthwise,
    "mean": mean,
    "average_pool": average_pool,
    "add": elementwise("Add", lambda a, b: a + b),
    "sub": elementwise("Sub", lambda a, b: a + b),
    "mul": elementwise("Mul", lambda a, b: a * b),
    "softmax": softmax,
}
EACH = 8


def answers(model, inputs):
    """What both engines answer."""
    kernels = litert.OpResolverType.BUILTIN_REF
    reference = litert.Interpreter(model_content=model, experimental_op_resolver_type=kernels, num_threads=1)
    reference.allocate_tensors()
    for detail, x in zip(reference.get_input_details(), inputs):
        reference.set_tensor(detail["index"], x)
    reference.invoke()
    micro = tflm.Interpreter.from_bytes(model, arena_size=16 << 20)
    for i, x in enumerate(inputs):
        micro.set_input(x, i)
    micro.invoke()
    return reference.get_tensor(reference.get_output_details()[0]["index"]), micro.get_output(0)


def record(folder, model, inputs, shape=None):
    for name, answer in zip(["tflite", "tflm"], answers(model, inputs)):
        np.save(os.path.join(folder, name + ".npy"), answer)
    for i, x in enumerate(inputs):
        np.save(os.path.join(folder, f"input_{i}.npy"), x if shape is None else x.reshape(shape))


def main():
    folder, *given = sys.argv[1:]
    for name, make in LAYERS.items():
        for k in range(EACH):
            case = os.path.join(folder, f"{name}_{k}")
            os.makedirs(case, exist_ok=True)
            operator, options, inputs, output, net, y = make(k)
            tflite(case, operator, options, inputs, output)
            net.save(case, y, output)
            with open(os.path.join(case, "model.tflite"), "rb") as file:
                record(case, file.read(), [codes(x.shape) for x in inputs if x.data is None])
    for path, name, shape in zip(given[::3], given[1::3], given[2::3]):
        with open(path, "rb") as file:
            model = file.read()
        own = litert.Interpreter(model_content=model).get_input_details()[0]["shape"]
        for k in range(EACH):
            case = os.path.join(folder, f"{name}_{k}")
            os.makedirs(case, exist_ok=True)
            record(case, model, [codes(own)], [int(size) for size in shape.split("x")])


if __name__ == "__main__":
    main()
