"""What engines of TensorFlow Lite answer.

Called as `run.py FOLDER`. Each folder in FOLDER has a `model.tflite` and inputs `input_K.npy`; answers of LiteRT's reference kernels become
`tflite_K.npy` there, those of TensorFlow Lite for Microcontrollers `tflm_K.npy`, and what an engine said instead stands in `ENGINE.txt`.
An engine that stops the process stops a child.
"""

import glob
import os
import sys

import numpy as np
from ai_edge_litert import interpreter as litert
from tflite_micro.python.tflite_micro import runtime as tflm


def reference(model, inputs):
    kernels = litert.OpResolverType.BUILTIN_REF
    engine = litert.Interpreter(model_content=model, experimental_op_resolver_type=kernels, num_threads=1)
    engine.allocate_tensors()
    for detail, x in zip(engine.get_input_details(), inputs):
        engine.set_tensor(detail["index"], x)
    engine.invoke()
    return [engine.get_tensor(detail["index"]) for detail in engine.get_output_details()]


def micro(model, inputs):
    engine = tflm.Interpreter.from_bytes(model, arena_size=16 << 20)
    for i, x in enumerate(inputs):
        engine.set_input(x, i)
    engine.invoke()
    return [engine.get_output(i) for i in range(outputs(model))]


def outputs(model):
    return len(litert.Interpreter(model_content=model).get_output_details())


def ask(name, engine, folder):
    with open(os.path.join(folder, "model.tflite"), "rb") as file:
        model = file.read()
    count = len(glob.glob(os.path.join(folder, "input_*.npy")))
    inputs = [np.load(os.path.join(folder, f"input_{i}.npy")) for i in range(count)]
    for i, answer in enumerate(engine(model, inputs)):
        np.save(os.path.join(folder, f"{name}_{i}.npy"), answer)


def main():
    for folder in sorted(glob.glob(os.path.join(sys.argv[1], "*/"))):
        for name, engine in [("tflite", reference), ("tflm", micro)]:
            child = os.fork()
            if child == 0:
                said = os.open(os.path.join(folder, name + ".txt"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
                os.dup2(said, 1)
                os.dup2(said, 2)
                try:
                    ask(name, engine, folder)
                except BaseException as error:
                    print(error, file=sys.stderr, flush=True)
                    os._exit(1)
                os._exit(0)
            os.waitpid(child, 0)


if __name__ == "__main__":
    main()
