//! Sections and properties, as Python's `RawConfigParser` reads them for AWS CLI v1: a comment is a line of
//! its own, a value goes on on indented lines, and nothing may be said twice.

/// A section.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Section {
    /// What its brackets hold.
    pub(crate) header: String,
    properties: Vec<(String, String)>,
}

impl Section {
    /// A property by its name in lower case.
    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        self.properties.iter().find(|(found, _)| found == key).map(|(_, value)| value.as_str())
    }
}

/// The sections of a text, or the line where it is wrong and why.
pub(crate) fn parse(text: &str) -> Result<Vec<Section>, (usize, &'static str)> {
    let mut sections: Vec<Section> = Vec::new();
    let mut in_value = false;
    for (index, line) in text.lines().enumerate() {
        let failed = |what| Err((index + 1, what));
        let trimmed = line.trim();
        if trimmed.starts_with(['#', ';']) {
            continue;
        }
        if trimmed.is_empty() {
            in_value = false;
            continue;
        }
        let indented = line.starts_with([' ', '\t']);
        if indented && in_value {
            if let Some((_, value)) = sections.last_mut().and_then(|section| section.properties.last_mut()) {
                value.push('\n');
                value.push_str(trimmed);
            }
            continue;
        }
        if trimmed.starts_with('[') {
            let Some(end) = trimmed.rfind(']').filter(|end| *end > 1) else {
                return failed("a section has no closing bracket");
            };
            let header = &trimmed[1..end];
            if sections.iter().any(|section| section.header == header) {
                return failed("the section is there already");
            }
            sections.push(Section { header: header.to_owned(), properties: Vec::new() });
            in_value = false;
            continue;
        }
        let Some(section) = sections.last_mut() else { return failed("there is no section before it") };
        let Some((key, value)) = trimmed.split_once(['=', ':']) else { return failed("it is no property") };
        let key = key.trim().to_lowercase();
        if key.is_empty() {
            return failed("a property has no name");
        }
        if section.get(&key).is_some() {
            return failed("the property is there already");
        }
        section.properties.push((key, value.trim().to_owned()));
        in_value = true;
    }
    Ok(sections)
}

/// The property on one of the lines below a property without a value of its own.
pub(crate) fn nested(value: &str, key: &str) -> Option<String> {
    let lines = value.strip_prefix('\n')?.lines();
    let mut properties = lines.rev().filter_map(|line| line.split_once('='));
    properties.find(|(found, _)| found.trim() == key).map(|(_, value)| value.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_and_values() {
        let text = "# c\n[default] # c\nOutput : text # whole\n  ; c\n[services s]\nsso =\n  endpoint_url = http://h\n  # c\n  x = 1\n\n";
        let sections = parse(text).expect("well formed");
        assert_eq!(sections[0].get("output"), Some("text # whole"));
        assert_eq!(nested(sections[1].get("sso").expect("there"), "endpoint_url").as_deref(), Some("http://h"));
    }

    #[test]
    fn what_is_wrong() {
        for (text, line) in
            [("x = 1", 1), ("[a]\nx", 2), ("[a\n", 1), ("[a]\n[a]", 2), ("[a]\nx = 1\nX = 2", 3), ("[a]\n= 1", 2)]
        {
            assert_eq!(parse(text).expect_err(text).0, line, "{text}");
        }
    }
}
