//! From protobuf messages to the model: names and values as they are, storage forms gone.

use super::external::ExternalFiles;
use super::functions::{Function, Functions};
use super::model::{Attribute, Input, Node, Output, StringTensor, Subgraph};
use super::problems::Problems;
use super::proto::attribute_proto::AttributeType;
use super::proto::{
    AttributeProto, FunctionProto, GraphProto, ModelProto, NodeProto, OperatorSetIdProto,
    SparseTensorProto, TensorProto, ValueInfoProto,
};
use super::sparse::{self, DenseRoom};
use super::tensor::{self, Constant};
use super::{labels, order, types};
use crate::diag::Diag;
use crate::tensor::Tensor;
use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;

/// Versions of the operator sets in force, by domain.
type Opsets = BTreeMap<String, i64>;

/// The first version of the file format in which files state the versions of operators; before it there was only one.
const VERSIONED_IR: i64 = 3;

/// What a file holds, before it is checked.
pub(super) struct Document {
    pub(super) name: String,
    pub(super) producer: String,
    pub(super) ir_version: Option<i64>,
    pub(super) inputs: Vec<Input>,
    pub(super) outputs: Vec<Output>,
    pub(super) graph: Subgraph,
    pub(super) functions: Functions,
    /// Names of classes.
    pub(super) labels: Vec<String>,
    /// The files beside the model that were read.
    pub(super) files: Vec<PathBuf>,
}

/// Reads a model, as far as it can be read.
pub(super) fn document(
    proto: ModelProto,
    files: ExternalFiles,
    problems: &mut Problems,
) -> Result<Document, Diag> {
    let mut reader = Reader {
        files,
        room: DenseRoom::default(),
        problems,
    };
    let producer = [proto.producer_name(), proto.producer_version()].join(" ");
    let graph = proto
        .graph
        .ok_or_else(|| Diag::new("no-graph", "the file holds no graph"))?;
    let (inputs, outputs) = reader.interface(&graph);
    let mut opsets = reader.opsets(&proto.opset_import);
    if opsets.is_empty()
        && proto
            .ir_version
            .is_some_and(|version| version < VERSIONED_IR)
    {
        opsets.insert(String::new(), 1);
    }
    Ok(Document {
        labels: labels::of(&proto.metadata_props),
        name: graph.name().to_owned(),
        producer: producer.trim().to_owned(),
        ir_version: proto.ir_version,
        inputs,
        outputs,
        graph: reader.graph(*graph, &opsets),
        functions: reader.functions(proto.functions),
        files: reader.files.paths(),
    })
}

/// ONNX's own domain has two names.
fn domain(name: &str) -> String {
    if name == "ai.onnx" {
        String::new()
    } else {
        name.to_owned()
    }
}

/// Reads the parts of a model, collecting problems.
struct Reader<'a> {
    files: ExternalFiles,
    room: DenseRoom,
    problems: &'a mut Problems,
}

impl Reader<'_> {
    /// Inputs, without those that have an initializer, and outputs, with their types.
    fn interface(&mut self, graph: &GraphProto) -> (Vec<Input>, Vec<Output>) {
        let sparse = graph
            .sparse_initializer
            .iter()
            .filter_map(|s| s.values.as_deref());
        let constants: HashSet<&str> = graph
            .initializer
            .iter()
            .chain(sparse)
            .map(TensorProto::name)
            .collect();
        let inputs = graph
            .input
            .iter()
            .filter(|input| !constants.contains(input.name()));
        let inputs = inputs
            .filter_map(|info| self.problems.value(types::input(info)))
            .collect();
        let outputs = graph
            .output
            .iter()
            .filter_map(|info| self.problems.value(types::output(info)))
            .collect();
        (inputs, outputs)
    }

    /// The versions imported, ONNX's own domain under its short name.
    fn opsets(&mut self, imports: &[OperatorSetIdProto]) -> Opsets {
        let mut opsets = Opsets::new();
        for import in imports {
            let (domain, version) = (domain(import.domain()), import.version());
            if opsets
                .insert(domain, version)
                .is_some_and(|other| other != version)
            {
                let message = format!("two versions of domain `{}` are imported", import.domain());
                self.problems.push(Diag::new("opset", message));
            }
        }
        opsets
    }

    /// A graph with its nodes in order.
    fn graph(&mut self, proto: GraphProto, opsets: &Opsets) -> Subgraph {
        let mut graph = Subgraph {
            inputs: names(&proto.input),
            outputs: names(&proto.output),
            ..Subgraph::default()
        };
        for tensor in proto.initializer {
            self.initializer(tensor, &mut graph);
        }
        for tensor in proto.sparse_initializer {
            self.sparse_initializer(tensor, &mut graph);
        }
        graph.nodes = self.nodes(proto.node, opsets);
        graph
    }

    /// Nodes in an order in which they can run.
    fn nodes(&mut self, protos: Vec<NodeProto>, opsets: &Opsets) -> Vec<Node> {
        let mut nodes = protos
            .into_iter()
            .map(|node| self.node(node, opsets))
            .collect();
        self.problems.value(order::sort(&mut nodes));
        nodes
    }

    fn functions(&mut self, protos: Vec<FunctionProto>) -> Functions {
        let mut functions = Functions::default();
        for proto in protos {
            let function = self.function(proto);
            self.problems.value(functions.add(function));
        }
        functions
    }

    fn function(&mut self, proto: FunctionProto) -> Function {
        let opsets = self.opsets(&proto.opset_import);
        let domain = domain(proto.domain());
        let name = proto.name.unwrap_or_default();
        let defaults = self.attributes(proto.attribute_proto, &opsets, |diag| {
            diag.note(format!("default value in function `{name}`"))
        });
        Function {
            name,
            domain,
            overload: proto.overload.unwrap_or_default(),
            inputs: proto.input,
            outputs: proto.output,
            defaults,
            nodes: self.nodes(proto.node, &opsets),
        }
    }

    fn initializer(&mut self, mut proto: TensorProto, graph: &mut Subgraph) {
        let name = proto.name.take().unwrap_or_default();
        let read = tensor::constant(proto, &mut self.files).map_err(|diag| diag.at_tensor(&name));
        match self.problems.value(read) {
            Some(Constant::Tensor(tensor)) => graph.initializers.push((name, tensor)),
            Some(Constant::Strings(strings)) => graph.strings.push((name, strings)),
            None => graph.strings.push((name, unreadable())),
        }
    }

    fn sparse_initializer(&mut self, proto: SparseTensorProto, graph: &mut Subgraph) {
        let name = proto
            .values
            .as_ref()
            .map(|values| values.name().to_owned())
            .unwrap_or_default();
        let read = self.dense(proto).map_err(|diag| diag.at_tensor(&name));
        match self.problems.value(read) {
            Some(tensor) => graph.initializers.push((name, tensor)),
            None => graph.strings.push((name, unreadable())),
        }
    }

    fn dense(&mut self, proto: SparseTensorProto) -> Result<Tensor, Diag> {
        sparse::dense(proto, &mut self.files, &mut self.room)
    }

    fn node(&mut self, proto: NodeProto, opsets: &Opsets) -> Node {
        let operator = proto.op_type.unwrap_or_default();
        let domain = domain(proto.domain.as_deref().unwrap_or_default());
        let names = proto.name.iter().chain(&proto.output).chain([&operator]);
        let name = names.into_iter().find(|name| !name.is_empty());
        let mut node = Node {
            name: name.cloned().unwrap_or_default(),
            version: opsets.get(&domain).copied().unwrap_or(0),
            operator,
            domain,
            overload: proto.overload.unwrap_or_default(),
            inputs: proto.input,
            outputs: proto.output,
            attributes: BTreeMap::new(),
        };
        node.attributes = self.attributes(proto.attribute, opsets, |diag| {
            diag.at_node(&node.name, &node.qualified_operator())
        });
        node
    }

    fn attributes(
        &mut self,
        protos: Vec<AttributeProto>,
        opsets: &Opsets,
        located: impl Fn(Diag) -> Diag,
    ) -> BTreeMap<String, Attribute> {
        let mut attributes = BTreeMap::new();
        for mut proto in protos {
            let name = proto.name.take().unwrap_or_default();
            let value = self.attribute_value(proto, opsets);
            let located = |diag: Diag| located(diag).at_attribute(&name);
            let value = self.problems.value(value.map_err(located));
            if attributes.contains_key(&name) {
                let diag = Diag::new(
                    "duplicate-attribute",
                    "the attribute is given more than once",
                );
                self.problems.push(located(diag));
            }
            attributes.extend(value.map(|value| (name, value)));
        }
        attributes
    }

    fn attribute_value(
        &mut self,
        proto: AttributeProto,
        opsets: &Opsets,
    ) -> Result<Attribute, Diag> {
        if !proto.ref_attr_name().is_empty() {
            return Ok(Attribute::Reference(proto.ref_attr_name().into()));
        }
        let missing = |what: &str| {
            Diag::new(
                "attribute-type",
                format!("the attribute says it is a {what}, but holds none"),
            )
        };
        let mut dense = |sparse| self.dense(sparse);
        Ok(match attribute_type(&proto)? {
            AttributeType::Float => Attribute::Float(proto.f.unwrap_or(0.0)),
            AttributeType::Int => Attribute::Int(proto.i.unwrap_or(0)),
            AttributeType::String => Attribute::String(proto.s.unwrap_or_default()),
            AttributeType::Tensor => {
                self.tensor_attribute(*proto.t.ok_or_else(|| missing("tensor"))?)?
            }
            AttributeType::SparseTensor => Attribute::Tensor(dense(
                *proto
                    .sparse_tensor
                    .ok_or_else(|| missing("sparse tensor"))?,
            )?),
            AttributeType::Graph => {
                let graph = *proto.g.ok_or_else(|| missing("graph"))?;
                Attribute::Graph(Box::new(self.graph(graph, opsets)))
            }
            AttributeType::TypeProto => Attribute::Type(proto.tp.ok_or_else(|| missing("type"))?),
            AttributeType::Floats => Attribute::Floats(proto.floats),
            AttributeType::Ints => Attribute::Ints(proto.ints),
            AttributeType::Strings => Attribute::Strings(proto.strings),
            AttributeType::Tensors => self.tensors(proto.tensors)?,
            AttributeType::SparseTensors => Attribute::Tensors(
                proto
                    .sparse_tensors
                    .into_iter()
                    .map(dense)
                    .collect::<Result<_, _>>()?,
            ),
            AttributeType::Graphs => Attribute::Graphs(
                proto
                    .graphs
                    .into_iter()
                    .map(|graph| self.graph(graph, opsets))
                    .collect(),
            ),
            AttributeType::TypeProtos => Attribute::Types(proto.type_protos),
            AttributeType::Undefined => {
                return Err(Diag::new("attribute-type", "the attribute has no value"));
            }
        })
    }

    fn tensor_attribute(&mut self, proto: TensorProto) -> Result<Attribute, Diag> {
        Ok(match tensor::constant(proto, &mut self.files)? {
            Constant::Tensor(tensor) => Attribute::Tensor(tensor),
            Constant::Strings(strings) => Attribute::StringTensor(strings),
        })
    }

    fn tensors(&mut self, protos: Vec<TensorProto>) -> Result<Attribute, Diag> {
        let mut tensors = Vec::new();
        for proto in protos {
            match tensor::constant(proto, &mut self.files)? {
                Constant::Tensor(tensor) => tensors.push(tensor),
                Constant::Strings(_) => {
                    return Err(Diag::new(
                        "unsupported-dtype",
                        "lists of tensors of strings are not supported",
                    ));
                }
            }
        }
        Ok(Attribute::Tensors(tensors))
    }
}

/// Stands for a constant that has been reported, so that its name is not reported as missing as well.
fn unreadable() -> StringTensor {
    StringTensor {
        shape: vec![0],
        values: Vec::new(),
    }
}

/// Which field counts: the one the attribute says, and in files that do not say, the one that is there.
fn attribute_type(proto: &AttributeProto) -> Result<AttributeType, Diag> {
    use AttributeType::*;
    let code = proto.r#type.unwrap_or(0);
    let unknown = |_| {
        Diag::new(
            "attribute-type",
            format!("there is no type of attribute with code {code}"),
        )
    };
    let said = AttributeType::try_from(code).map_err(unknown)?;
    let fields = [
        (Float, proto.f.is_some()),
        (Int, proto.i.is_some()),
        (String, proto.s.is_some()),
        (Tensor, proto.t.is_some()),
        (Graph, proto.g.is_some()),
        (SparseTensor, proto.sparse_tensor.is_some()),
        (TypeProto, proto.tp.is_some()),
        (Floats, !proto.floats.is_empty()),
        (Ints, !proto.ints.is_empty()),
        (Strings, !proto.strings.is_empty()),
        (Tensors, !proto.tensors.is_empty()),
        (Graphs, !proto.graphs.is_empty()),
        (SparseTensors, !proto.sparse_tensors.is_empty()),
        (TypeProtos, !proto.type_protos.is_empty()),
    ];
    let mut present = fields
        .iter()
        .filter(|(_, present)| *present)
        .map(|(ty, _)| *ty);
    match (said, present.next(), present.next()) {
        (Undefined, Some(only), None) => Ok(only),
        (said, None, _) => Ok(said),
        (said, Some(only), None) if only == said => Ok(said),
        // Writers that know no absent fields write zeros into the fields not meant.
        (said, Some(_), Some(_)) if said != Undefined => Ok(said),
        (said, Some(other), _) => {
            let message = format!(
                "the attribute says its type is {}, but holds {}",
                said.as_str_name(),
                other.as_str_name()
            );
            Err(Diag::new("attribute-type", message))
        }
    }
}

fn names(infos: &[ValueInfoProto]) -> Vec<String> {
    infos.iter().map(|info| info.name().to_owned()).collect()
}
