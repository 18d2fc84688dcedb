//! The protocol tests of a model that concern clients.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::Value;

use super::Lowering;
use crate::ir::{EventTest, ExpectedRequest, GivenResponse, Operation, ProtocolTests, RequestTest, ResponseTest};
use crate::model::{Shape, ShapeId, ShapeKind};
use crate::naming::TestNames;

/// The properties that all cases share.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Common {
    id: String,
    protocol: String,
    applies_to: Option<String>,
    #[serde(default)]
    params: Value,
    host: Option<String>,
}

impl Common {
    fn concerns_clients(&self, protocol: &str) -> bool {
        self.protocol == protocol && self.applies_to.as_deref() != Some("server")
    }
}

/// A case of `smithy.test#eventStreamTests`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawEventTest {
    initial_request_params: Option<Value>,
    initial_request: Option<ExpectedRequest>,
    initial_response_params: Option<Value>,
    initial_response: Option<GivenResponse>,
    #[serde(default)]
    events: Vec<RawEvent>,
    expectation: Option<Value>,
}

#[derive(Deserialize)]
struct RawEvent {
    #[serde(rename = "type")]
    direction: String,
    #[serde(default)]
    params: Value,
    #[serde(default)]
    bytes: String,
}

/// The tests found, and the names of each kind, which is a module.
struct Tests {
    found: ProtocolTests,
    requests: TestNames,
    responses: TestNames,
    events: TestNames,
}

impl Lowering<'_> {
    pub(super) fn protocol_tests(&mut self, operations: &[Operation]) -> ProtocolTests {
        let mut tests = Tests {
            found: ProtocolTests::default(),
            requests: TestNames::new(),
            responses: TestNames::new(),
            events: TestNames::new(),
        };
        if !self.options.tests {
            return tests.found;
        }
        let model = self.model;
        for operation in operations {
            let id = ShapeId::new(operation.id.clone());
            let Some(shape) = model.shape(&id) else { continue };
            self.requests(&id, shape, &mut tests);
            self.responses(&id, &id, shape, None, &mut tests);
            self.events(&id, shape, &mut tests);
            let ShapeKind::Operation(parts) = &shape.kind else { continue };
            for error in &parts.errors {
                let Some(found) = model.shape(error) else { continue };
                // Tests of an error use the first operation that has it.
                let name = self.closure.name(error);
                if !tests.found.responses.iter().any(|test| test.error.as_ref() == Some(&name)) {
                    self.responses(&id, error, found, Some(name), &mut tests);
                }
            }
        }
        tests.found
    }

    /// Returns the cases of a trait that concern clients.
    fn cases(&mut self, id: &ShapeId, shape: &Shape, name: &str) -> Vec<(Common, Value)> {
        let cases: Vec<Value> = self.read_trait(id, shape, name).unwrap_or_default();
        let mut found = Vec::new();
        for case in cases {
            match Common::deserialize(&case) {
                Ok(common) if common.concerns_clients(self.protocol.id()) => found.push((common, case)),
                Ok(_) => {}
                Err(error) => self.report.shape(id, format!("trait {name} is malformed: {error}")),
            }
        }
        found
    }

    fn part<T: for<'de> Deserialize<'de>>(&mut self, id: &ShapeId, case: &Value) -> Option<T> {
        T::deserialize(case)
            .map_err(|error| self.report.shape(id, format!("a protocol test is malformed: {error}")))
            .ok()
    }

    fn requests(&mut self, id: &ShapeId, shape: &Shape, tests: &mut Tests) {
        for (common, case) in self.cases(id, shape, "smithy.test#httpRequestTests") {
            let Some(expected) = self.part(id, &case) else { continue };
            tests.found.requests.push(RequestTest {
                name: tests.requests.add(&common.id),
                operation: id.as_str().to_owned(),
                params: common.params,
                host: common.host,
                expected,
            });
        }
    }

    fn responses(
        &mut self,
        operation: &ShapeId,
        id: &ShapeId,
        shape: &Shape,
        error: Option<proc_macro2::Ident>,
        tests: &mut Tests,
    ) {
        for (common, case) in self.cases(id, shape, "smithy.test#httpResponseTests") {
            let Some(response) = self.part(id, &case) else { continue };
            tests.found.responses.push(ResponseTest {
                name: tests.responses.add(&common.id),
                operation: operation.as_str().to_owned(),
                error: error.clone(),
                response,
                params: common.params,
            });
        }
    }

    fn events(&mut self, id: &ShapeId, shape: &Shape, tests: &mut Tests) {
        for (common, case) in self.cases(id, shape, "smithy.test#eventStreamTests") {
            let Some(raw) = self.part::<RawEventTest>(id, &case) else { continue };
            let (mut sent, mut received) = (Vec::new(), Vec::new());
            for event in raw.events {
                let Ok(frame) = STANDARD.decode(&event.bytes) else {
                    self.report.shape(id, format!("the protocol test {} holds a frame that is no base64", common.id));
                    continue;
                };
                match event.direction.as_str() {
                    "request" => sent.push((event.params, frame)),
                    _ => received.push((frame, event.params)),
                }
            }
            tests.found.events.push(EventTest {
                name: tests.events.add(&common.id),
                operation: id.as_str().to_owned(),
                input: raw.initial_request_params.unwrap_or_default(),
                request: raw.initial_request,
                response: raw.initial_response,
                output: raw.initial_response_params,
                sent,
                received,
                fails: raw.expectation.is_some_and(|expectation| expectation.get("failure").is_some()),
            });
        }
    }
}
