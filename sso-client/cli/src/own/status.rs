//! `status`: the sessions, and how long they are valid, without network.

use std::time::SystemTime;

use serde_json::{Map, Value, json};
use sso_client::identity::SsoSession;

use super::{Call, session, time};
use crate::errors::Failed;
use crate::output::{self, Form, Printer};
use crate::urls;

/// The exit status where the session is not usable.
const UNUSABLE: u8 = 1;

pub(super) fn run(call: &Call<'_>) -> Result<(), Failed> {
    let sessions = if session::is_asked_for(call.prepared) {
        vec![session::load(call.prepared)?]
    } else {
        let (_, names) = SsoSession::loader().names()?;
        let mut sessions: Vec<SsoSession> = names.iter().map(SsoSession::named).collect::<Result<_, _>>()?;
        if let Ok(session) = SsoSession::from_env()
            && !sessions.iter().any(|found| found.token_location() == session.token_location())
        {
            sessions.push(session);
        }
        sessions
    };
    if sessions.is_empty() {
        return Err(
            Failed::new(UNUSABLE, "there is no session in the config file").hint("sso help login shows how to sign in")
        );
    }
    let rows = call.block_on(rows(&sessions))?;
    let usable = rows.iter().filter(|row| row["usable"] == true).count();
    match call.prepared.globals.output.as_deref() {
        Some(form) => {
            let printer =
                Printer::new(Form::named(form)?, call.prepared.query.clone(), &call.prepared.globals).escaping();
            printer.print("Status", &Value::Array(rows))?;
        }
        None => output::write(&text(&rows))?,
    }
    if usable > 0 {
        return Ok(());
    }
    // The rows say what there is to say.
    Err(Failed { silent: true, ..Failed::new(UNUSABLE, "") })
}

async fn rows(sessions: &[SsoSession]) -> Result<Vec<Value>, Failed> {
    let mut rows = Vec::new();
    for session in sessions {
        let mut row = Map::new();
        row.insert("session".to_owned(), json!(session.name().map_or_else(|| start_url(session), str::to_owned)));
        row.insert("startUrl".to_owned(), json!(start_url(session)));
        row.insert("region".to_owned(), json!(session.region()));
        let (state, usable) = match session.status().await {
            Ok(None) => ("not signed in".to_owned(), false),
            Err(error) => (error.message().to_owned(), false),
            Ok(Some(status)) => {
                let left = status.expires_at.duration_since(SystemTime::now()).unwrap_or_default();
                row.insert("expiresAt".to_owned(), json!(time::iso(status.expires_at)));
                row.insert("secondsLeft".to_owned(), json!(left.as_secs()));
                row.insert("refreshable".to_owned(), json!(status.is_refreshable));
                match (status.is_expired, status.is_refreshable) {
                    (false, _) => (format!("valid for {}", time::left(left)), true),
                    (true, true) => ("expired, is refreshed when needed".to_owned(), true),
                    (true, false) => ("expired".to_owned(), false),
                }
            }
        };
        row.insert("state".to_owned(), json!(state));
        row.insert("usable".to_owned(), json!(usable));
        rows.push(Value::Object(row));
    }
    Ok(rows)
}

/// The start URL as it is; one with a password, which no sign-in takes, may not be shown.
fn start_url(session: &SsoSession) -> String {
    let url = session.start_url();
    if url.contains('@') { urls::shown(url) } else { url.to_owned() }
}

fn text(rows: &[Value]) -> String {
    let column = |name: &str| -> Vec<&str> { rows.iter().map(|row| row[name].as_str().unwrap_or_default()).collect() };
    output::columns(&[column("session"), column("state"), column("region"), column("startUrl")])
}
