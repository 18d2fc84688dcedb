_sso_complete() {
    local line words
    words=$(printf '%s\x1f' "${COMP_WORDS[@]:1:COMP_CWORD}")
    COMPREPLY=()
    while IFS= read -r line; do
        COMPREPLY+=("$line")
    done < <(sso completions --words="${words%?}" 2>/dev/null)
}
complete -o default -F _sso_complete sso
