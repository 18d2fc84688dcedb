//! A union with every kind of event, as generated code has them.

use std::fmt;

use crate::data::json;
use crate::error::{
    ErrorEnum, ErrorMetadata, ErrorResponse, ErrorWithMetadata, ModeledError, OperationError, ProvideErrorMetadata,
    Unhandled, write_code_and_message,
};
use crate::http_bindings::event_stream::{Event, EventBuilder, EventError, EventStructure, ReceiveUnion, SendUnion};

#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Moved {
    pub(super) direction: Option<String>,
    pub(super) urgent: bool,
    pub(super) steps: Option<i16>,
    pub(super) speed: Option<f64>,
    pub(super) note: Option<String>,
}

impl json::Structure for Moved {
    fn read<M: json::Members>(&mut self, from: &mut M) -> Result<(), M::Error> {
        match from.name() {
            "speed" => from.read(&mut self.speed),
            "note" => from.read(&mut self.note),
            _ => from.skip(),
        }
    }
}

impl EventStructure for Moved {
    fn read_event(&mut self, event: &Event<'_>) -> Result<(), EventError> {
        event.json_members(self)?;
        event.header("direction", &mut self.direction)?;
        event.header("urgent", &mut self.urgent)?;
        event.header("steps", &mut self.steps)
    }

    fn write_event(&self, to: &mut EventBuilder) {
        to.required("direction", self.direction.as_ref());
        to.header("direction", self.direction.as_ref());
        to.header("urgent", Some(&self.urgent));
        to.header("steps", self.steps.as_ref());
        to.json_body();
        to.json("speed", self.speed.as_ref());
        to.json("note", self.note.as_ref());
    }
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Said {
    pub(super) text: Option<String>,
}

impl EventStructure for Said {
    fn read_event(&mut self, event: &Event<'_>) -> Result<(), EventError> {
        event.text_payload(&mut self.text)
    }

    fn write_event(&self, to: &mut EventBuilder) {
        to.text_payload(self.text.as_ref());
    }
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Blob(pub(super) Vec<u8>);

impl From<Vec<u8>> for Blob {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl AsRef<[u8]> for Blob {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl json::Read for Blob {
    fn read<'de, D: json::Deserializer<'de>>(_: D, at: json::At<'_>) -> Result<Self, D::Error> {
        Err(json::mismatch(at, "nothing", "JSON"))
    }
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Heard {
    pub(super) bytes: Option<Blob>,
}

impl EventStructure for Heard {
    fn read_event(&mut self, event: &Event<'_>) -> Result<(), EventError> {
        event.bytes_payload(&mut self.bytes);
        Ok(())
    }

    fn write_event(&self, to: &mut EventBuilder) {
        to.bytes_payload(self.bytes.as_ref());
    }
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Noted {
    pub(super) tags: Option<Vec<String>>,
}

impl EventStructure for Noted {
    fn read_event(&mut self, event: &Event<'_>) -> Result<(), EventError> {
        event.json_payload(&mut self.tags)
    }

    fn write_event(&self, to: &mut EventBuilder) {
        to.json_payload(self.tags.as_ref());
    }
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Paused;

impl EventStructure for Paused {}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Action {
    Moved(Moved),
    Said(Said),
    Heard(Heard),
    Noted(Noted),
    Paused(Paused),
    Unknown,
}

impl ReceiveUnion for Action {
    type Error = ActionError;

    fn read_event(event: &Event<'_>) -> Result<Self, EventError> {
        match event.event_type() {
            "moved" => event.read(Self::Moved),
            "said" => event.read(Self::Said),
            "heard" => event.read(Self::Heard),
            "noted" => event.read(Self::Noted),
            "paused" => event.read(Self::Paused),
            _ => Ok(Self::Unknown),
        }
    }
}

impl SendUnion for Action {
    fn write_event(&self, to: &mut EventBuilder) {
        match self {
            Self::Moved(event) => to.event("moved", event),
            Self::Said(event) => to.event("said", event),
            Self::Heard(event) => to.event("heard", event),
            Self::Noted(event) => to.event("noted", event),
            Self::Paused(event) => to.event("paused", event),
            Self::Unknown => to.unknown(),
        }
    }
}

#[derive(Debug, Default)]
pub(super) struct Stumbled {
    pub(super) over: Option<String>,
    pub(super) meta: ErrorMetadata,
}

impl json::Structure for Stumbled {
    fn read<M: json::Members>(&mut self, from: &mut M) -> Result<(), M::Error> {
        match from.name() {
            "over" => from.read(&mut self.over),
            _ => from.skip(),
        }
    }
}

impl ModeledError for Stumbled {
    const NAME: &'static str = "Stumbled";

    fn set_meta(&mut self, meta: ErrorMetadata) {
        self.meta = meta;
    }
}

impl ProvideErrorMetadata for Stumbled {
    fn meta(&self) -> &ErrorMetadata {
        &self.meta
    }
}

impl fmt::Display for Stumbled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_code_and_message(f, Self::NAME, self.meta.message())
    }
}

impl std::error::Error for Stumbled {}

#[derive(Debug)]
pub(super) enum ActionError {
    Stumbled(Stumbled),
    Unhandled(Unhandled),
}

impl ErrorEnum for ActionError {
    fn variant(&self) -> &dyn ErrorWithMetadata {
        match self {
            Self::Stumbled(fault) => fault,
            Self::Unhandled(fault) => fault,
        }
    }
}

impl fmt::Display for ActionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.variant())
    }
}

impl std::error::Error for ActionError {}

impl OperationError for ActionError {
    const UNHANDLED: fn(Unhandled) -> Self = Self::Unhandled;

    fn from_error_response(response: ErrorResponse<'_>) -> Self {
        match response.code() {
            Stumbled::NAME => response.read(Self::Stumbled),
            _ => response.unhandled(),
        }
    }
}
