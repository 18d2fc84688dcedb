//! `roles`: every account and role.

use std::io::IsTerminal;
use std::time::Duration;

use serde_json::{Value, json};

use super::{Call, known::Known, session};
use crate::args::{CSV, Opt, Takes};
use crate::errors::{Failed, printable};
use crate::output::{self, Form, Printer, note};

pub(super) const OPTIONS: &[(Opt, &str)] =
    &[(Opt::own("csv", Takes::Nothing), "The same as --output csv: comma-separated values below a line of names.")];

/// What takes longer is told of, on a terminal.
const PATIENCE: Duration = Duration::from_secs(1);

/// The names of columns, in order.
const COLUMNS: [&str; 4] = ["accountId", "accountName", "emailAddress", "roleName"];

pub(super) fn run(call: &Call<'_>) -> Result<(), Failed> {
    let session = session::load(call.prepared)?;
    let mut failed = None;
    let rows: Vec<Value> = call.block_on(async {
        let (mut rows, mut listed, mut roles) = (Vec::new(), Vec::new(), session.roles().sorted());
        let listing = async {
            tokio::time::sleep(PATIENCE).await;
            if std::io::stderr().is_terminal() {
                note("Listing accounts and roles …");
            }
            std::future::pending::<()>().await;
        };
        let mut listing = std::pin::pin!(listing);
        while let Some(role) = std::future::poll_fn(|cx| {
            let _ = listing.as_mut().poll(cx);
            std::pin::pin!(roles.next()).poll(cx)
        })
        .await
        {
            match role {
                Ok(role) => {
                    rows.push(json!({
                        "accountId": role.account_id,
                        "accountName": role.account_name,
                        "emailAddress": role.email_address,
                        "roleName": role.role_name,
                    }));
                    listed.push(role);
                }
                Err(error) => {
                    let error = Failed::from(error);
                    // The roles of other accounts are worth having all the same.
                    if let Some(Failed { message, .. }) = failed.replace(error) {
                        note(&format!("sso: {}", printable(&message)));
                    }
                }
            }
        }
        session::warn_unsaved(&session);
        if failed.is_none() {
            Known::of(&session).list(&listed);
        }
        Ok(rows)
    })?;
    let form = call.prepared.globals.output.as_deref();
    match (&failed, rows.is_empty(), call.parsed.has("csv") || form == Some(CSV), form) {
        (Some(_), true, ..) => {}
        (_, _, true, _) => output::write(&csv(&rows))?,
        (_, _, false, None) => {
            let column =
                |name: &str| -> Vec<&str> { rows.iter().map(|row| row[name].as_str().unwrap_or_default()).collect() };
            output::write(&output::columns(&[column("accountId"), column("accountName"), column("roleName")]))?;
        }
        (_, _, false, Some(form)) => {
            let printer =
                Printer::new(Form::named(form)?, call.prepared.query.clone(), &call.prepared.globals).escaping();
            printer.print("Roles", &Value::Array(rows))?;
        }
    }
    failed.map_or(Ok(()), Err)
}

fn csv(rows: &[Value]) -> String {
    let mut text = COLUMNS.join(",") + "\r\n";
    for row in rows {
        let fields = COLUMNS.map(|name| {
            let field = printable(row[name].as_str().unwrap_or_default());
            // A spreadsheet would take some names for formulas.
            let field = if field.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{field}") } else { field };
            if field.contains([',', '"', '\n', '\r']) { format!("\"{}\"", field.replace('"', "\"\"")) } else { field }
        });
        text.push_str(&fields.join(","));
        text.push_str("\r\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_odd() {
        let rows =
            [json!({"accountId": "1\u{9b}", "accountName": "a,\"b\"\n", "emailAddress": null, "roleName": "=1+1"})];
        let expected = "accountId,accountName,emailAddress,roleName\r\n1\\u{9b},\"a,\"\"b\"\"\n\",,'=1+1\r\n";
        assert_eq!(csv(&rows), expected);
    }
}
