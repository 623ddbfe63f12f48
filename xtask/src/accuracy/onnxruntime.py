"""Quantises MODEL with onnxruntime from the samples in FOLDER/calibration.npy, and answers those in FOLDER/judged.npy
with that network and with FOLDER/ours.onnx.

Called as `run.py MODEL FOLDER`. Answers go to FOLDER/onnxruntime_answers.npy and FOLDER/ours_answers.npy, those for
each sample along the first axis. Optimisations are off: with them, integers of 8 bits may saturate on processors
without VNNI.
"""

import logging
import os
import sys

import numpy as np
import onnxruntime as ort
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process


class Samples(CalibrationDataReader):
    def __init__(self, name, samples):
        self.samples = ({name: sample} for sample in samples)

    def get_next(self):
        return next(self.samples, None)


def session(model):
    options = ort.SessionOptions()
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 3
    return ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def answers(model, samples):
    run = session(model)
    name = run.get_inputs()[0].name
    return np.stack([run.run(None, {name: sample})[0] for sample in samples]).astype(np.float32)


def main():
    logging.disable(logging.WARNING)
    model, folder = sys.argv[1:]
    at = lambda name: os.path.join(folder, name)
    calibration, judged = np.load(at("calibration.npy")), np.load(at("judged.npy"))
    quant_pre_process(model, at("prepared.onnx"))
    quantize_static(
        at("prepared.onnx"),
        at("onnxruntime.onnx"),
        Samples(session(model).get_inputs()[0].name, calibration),
        quant_format=QuantFormat.QDQ,
        per_channel=True,
        activation_type=QuantType.QInt8,
        weight_type=QuantType.QInt8,
    )
    np.save(at("onnxruntime_answers.npy"), answers(at("onnxruntime.onnx"), judged))
    np.save(at("ours_answers.npy"), answers(at("ours.onnx"), judged))


main()
