#!/usr/bin/env bash
# help.sh WEIR GROFF ZSH [OMITTED]: the manual page and the completions name every command that `weir --help` lists, the page
# is roff without a warning, and the completions complete. OMITTED takes a command out of both first: the twin.
set -euo pipefail
weir=$1 groff=$2 zsh=$3 omitted=${4-}
drop() { if [ -n "$omitted" ]; then sed "/^.SS weir $omitted\$/d; s/ $omitted / /g"; else cat; fi; }
page=$("$weir" help --man | drop)
bash_completion=$("$weir" help --completion bash | drop)
zsh_completion=$("$weir" help --completion zsh | drop)

warnings=$("$groff" -Kutf8 -man -Tutf8 -ww -z <<<"$page" 2>&1)
[ -z "$warnings" ] || { echo "$warnings"; exit 1; }

# complete_in SHELL WORD...: what may stand for the last of what is typed, which is unfinished. zsh does not heed what is
# typed before it matches, so that is done here.
eval "$bash_completion"
complete_in() {
  if [ "$1" = bash ]; then
    COMP_WORDS=("${@:2}") COMP_CWORD=$(($# - 2))
    _weir
    echo " ${COMPREPLY[*]} "
  else
    "$zsh" -f -c 'eval "$1"; shift; setopt ksharrays; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _weir
      echo " ${(M)COMPREPLY[@]:#${COMP_WORDS[COMP_CWORD]}*} "' zsh "$zsh_completion" "${@:2}"
  fi
}

mapfile -t commands < <("$weir" --help | sed -n '/^Subcommands:/,/^$/s/^  \([a-z]*\) .*/\1/p')
((${#commands[@]} >= 7))
for command in "${commands[@]}"; do
  grep -q "^\.SS weir $command\$" <<<"$page" || { echo "the page lacks $command"; exit 1; }
done
for shell in bash zsh; do
  all=$(complete_in $shell weir "")
  for command in "${commands[@]}"; do
    [[ $all == *" $command "* ]] || { echo "the completion for $shell lacks $command: $all"; exit 1; }
  done
  [[ $(complete_in $shell weir check --for) == " --format " ]] || { echo "$shell: no --format"; exit 1; }
  [[ $(complete_in $shell weir check --profile linux-6.1) == *" linux-6.18 "* ]] || { echo "$shell: no profile"; exit 1; }
  [[ $(complete_in $shell weir check --format pack) == " packetdrill " ]] || { echo "$shell: no format"; exit 1; }
  [[ $(complete_in $shell weir check --profile nonsense) != *linux* ]] || { echo "$shell: not that"; exit 1; }
done
