"""Answers the networks in FOLDER: SEED.onnx with SEED.input0.npy and so on, into SEED.output0.npy and so on.

Called as `run.py FOLDER`. Why a network is not run is written to SEED.refused, and the number of the one that is being
run to `begun`, for those that end the process. What has been answered is not answered again. Optimisations are off:
the network as it is written is the second opinion.
"""

import os
import re
import sys

import numpy as np
import onnxruntime as ort


def session(model):
    options = ort.SessionOptions()
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 4
    options.intra_op_num_threads = 1
    return ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def reason(error):
    """The kind of an error: without names and numbers."""
    unsupported = re.search(r"Could not find an implementation for (\w+)", str(error))
    if unsupported:
        return f"no implementation of {unsupported[1]} for these types"
    return re.sub(r"[\d'\"].*", "", str(error).split(":")[-1].strip())[:80] or type(error).__name__


def answer(folder, seed):
    at = lambda name: os.path.join(folder, f"{seed}.{name}")
    run = session(at("onnx"))
    inputs = {x.name: np.load(at(f"input{i}.npy")) for i, x in enumerate(run.get_inputs())}
    for i, y in enumerate(run.run(None, inputs)):
        np.save(at(f"output{i}.npy"), np.ascontiguousarray(y) if np.ndim(y) else y)


def main():
    folder = sys.argv[1]
    files = set(os.listdir(folder))
    seeds = sorted(int(name[:-5]) for name in files if name.endswith(".onnx"))
    for seed in seeds:
        if f"{seed}.output0.npy" in files or f"{seed}.refused" in files:
            continue
        with open(os.path.join(folder, "begun"), "w") as begun:
            begun.write(str(seed))
        try:
            answer(folder, seed)
        except Exception as error:
            with open(os.path.join(folder, f"{seed}.refused"), "w") as refused:
                refused.write(reason(error))


main()
