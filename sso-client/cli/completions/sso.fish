function __sso_complete
    set -l words (commandline -opc) (commandline -ct)
    sso completions --words=(string join \x1f -- $words[2..-1]) 2>/dev/null
end
complete -c sso -f -a '(__sso_complete)'
