//! Files of several graphs, and one of several faults.

use super::layer::encoded;
use mlc_compiler::tflite::schema::{
    Buffer, BuiltinOperator as B, BuiltinOptions, IfOptions, Model, Operator, OperatorCode,
    QuantizationParameters, SignatureDef, SubGraph, Tensor, TensorMap, TensorType, WhileOptions,
};

/// A tensor; its contents are in a buffer, unless that is 0.
fn tensor(name: &str, type_: TensorType, shape: &[i32], buffer: u32) -> Tensor {
    Tensor {
        name: Some(name.into()),
        shape: Some(shape.to_vec()),
        type_,
        buffer,
        ..Tensor::default()
    }
}

fn graph(
    name: &str,
    tensors: Vec<Tensor>,
    inputs: &[i32],
    outputs: &[i32],
    operators: Vec<Operator>,
) -> SubGraph {
    SubGraph {
        name: Some(name.into()),
        tensors: Some(tensors),
        inputs: Some(inputs.to_vec()),
        outputs: Some(outputs.to_vec()),
        operators: Some(operators),
    }
}

fn call(
    opcode_index: u32,
    inputs: &[i32],
    outputs: &[i32],
    builtin_options: Option<BuiltinOptions>,
) -> Operator {
    Operator {
        opcode_index,
        inputs: Some(inputs.to_vec()),
        outputs: Some(outputs.to_vec()),
        builtin_options,
        ..Operator::default()
    }
}

fn file(builtins: &[B], subgraphs: Vec<SubGraph>, contents: &[&[u8]]) -> Model {
    let code = |builtin: &B| OperatorCode {
        builtin_code: *builtin as i32,
        deprecated_builtin_code: (*builtin as i32).min(127) as i8,
        ..OperatorCode::default()
    };
    let buffer = |bytes: &&[u8]| Buffer {
        data: Some(bytes.to_vec()),
        ..Buffer::default()
    };
    Model {
        version: 3,
        operator_codes: Some(builtins.iter().map(code).collect()),
        subgraphs: Some(subgraphs),
        buffers: Some(
            [Buffer::default()]
                .into_iter()
                .chain(contents.iter().map(buffer))
                .collect(),
        ),
        ..Model::default()
    }
}

/// A number is doubled three times: a counter says when to stop. Inputs and outputs have names of a signature.
pub fn looping() -> Vec<u8> {
    use TensorType::{Bool, Float32, Int32};
    let (count, number) = (
        |name: &str| tensor(name, Int32, &[], 0),
        |name: &str| tensor(name, Float32, &[2], 0),
    );
    let options = BuiltinOptions::WhileOptions(Box::new(WhileOptions {
        cond_subgraph_index: 1,
        body_subgraph_index: 2,
    }));
    let main = graph(
        "main",
        vec![
            tensor("first", Int32, &[], 1),
            number("x"),
            count("count"),
            number("y"),
        ],
        &[1],
        &[3],
        vec![call(0, &[0, 1], &[2, 3], Some(options))],
    );
    let condition = graph(
        "condition",
        vec![
            count("i"),
            number("v"),
            tensor("three", Int32, &[], 2),
            tensor("less", Bool, &[], 0),
        ],
        &[0, 1],
        &[3],
        vec![call(1, &[0, 2], &[3], None)],
    );
    let body = graph(
        "body",
        vec![
            count("i"),
            number("v"),
            tensor("one", Int32, &[], 3),
            count("next"),
            number("twice"),
        ],
        &[0, 1],
        &[3, 4],
        vec![call(2, &[0, 2], &[3], None), call(2, &[1, 1], &[4], None)],
    );
    let numbers = [0, 3, 1].map(i32::to_le_bytes);
    let contents: Vec<&[u8]> = numbers.iter().map(|bytes| &bytes[..]).collect();
    let mut model = file(
        &[B::While, B::Less, B::Add],
        vec![main, condition, body],
        &contents,
    );
    let port = |name: &str, tensor_index| TensorMap {
        name: Some(name.into()),
        tensor_index,
    };
    model.signature_defs = Some(vec![SignatureDef {
        inputs: Some(vec![port("number", 1)]),
        outputs: Some(vec![port("eightfold", 3)]),
        ..SignatureDef::default()
    }]);
    encoded(&model)
}

/// A condition that is constant chooses between the negative and the square.
pub fn choosing(condition: bool) -> Vec<u8> {
    use TensorType::{Bool, Float32};
    let number = |name: &str| tensor(name, Float32, &[2], 0);
    let options = BuiltinOptions::IfOptions(Box::new(IfOptions {
        then_subgraph_index: 1,
        else_subgraph_index: 2,
    }));
    let main = graph(
        "main",
        vec![tensor("condition", Bool, &[], 1), number("x"), number("y")],
        &[1],
        &[2],
        vec![call(0, &[0, 1], &[2], Some(options))],
    );
    let branch = |name: &str, code| {
        graph(
            name,
            vec![number("a"), number("b")],
            &[0],
            &[1],
            vec![call(code, &[0], &[1], None)],
        )
    };
    let graphs = vec![main, branch("then", 1), branch("else", 2)];
    encoded(&file(
        &[B::If, B::Neg, B::Square],
        graphs,
        &[&[condition.into()]],
    ))
}

/// Much that is wrong: operators that are not known, a tensor that nothing computes, an axis that is none, options of another operator.
pub fn faulty() -> Vec<u8> {
    use TensorType::{Float32, Int32};
    let number = |name: &str| tensor(name, Float32, &[2, 3], 0);
    let tensors = vec![
        number("x"),
        number("unique"),
        number("nowhere"),
        number("sum"),
        tensor("axis", Int32, &[1], 1),
        number("mean"),
        number("y"),
    ];
    let options = BuiltinOptions::IfOptions(Box::default());
    let operators = vec![
        call(0, &[0], &[1], None),
        call(1, &[0, 2], &[3], None),
        call(2, &[3, 4], &[5], None),
        call(1, &[5, 0], &[6], Some(options)),
        call(9, &[6], &[6], None),
    ];
    let main = graph("main", tensors, &[0], &[6], operators);
    encoded(&file(
        &[B::Unique, B::Add, B::Mean],
        vec![main],
        &[&7_i32.to_le_bytes()],
    ))
}

/// Scales that do not fit their tensors, and places that are none.
pub fn malformed() -> Vec<u8> {
    let mut scaled = tensor("scaled", TensorType::Int8, &[2, 3], 0);
    scaled.quantization = Some(Box::new(QuantizationParameters {
        scale: Some(vec![0.5, 0.25]),
        zero_point: Some(vec![0, 0]),
        quantized_dimension: 1,
        ..QuantizationParameters::default()
    }));
    let negative = tensor("negative", TensorType::Float32, &[-2, 3], 0);
    let main = graph(
        "main",
        vec![scaled, negative],
        &[0],
        &[7],
        vec![call(0, &[0], &[1], None)],
    );
    encoded(&file(&[B::Relu], vec![main], &[]))
}
