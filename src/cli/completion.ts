import type { Command } from 'commander'

/** What may follow one command's words */
export interface Completable {
  /** The words that lead to it: `tasks list`, empty for the program itself */
  words: string
  /** Subcommands and flags */
  next: string[]
}

/** Read off the program itself, so that nothing can be forgotten */
export function completables (program: Command): Completable[] {
  const walk = (command: Command, words: string[]): Completable[] => [
    {
      words: words.join(' '),
      next: [...command.commands.map(sub => sub.name()), ...command.options.flatMap(({ long }) => long ?? []), '--help']
    },
    ...command.commands.flatMap(sub => walk(sub, [...words, sub.name()]))
  ]

  return walk(program, [])
}

export const SHELLS = ['bash', 'zsh', 'fish'] as const

export type Shell = typeof SHELLS[number]

/** Flags whose value is a file or a directory: the shell's own completion knows better */
const PATHS = ['--dir', '--config', '--recovery-file', '--key-file', '--api-tls-cert', '--api-tls-key']

/** A script that completes commands and flags, to be sourced by the shell */
export function completionScript (shell: Shell, found: Completable[]): string {
  return { bash, zsh, fish }[shell](found)
}

/** Both shells understand this `case`; words and flags hold no character that a shell knows */
function cases (found: Completable[], indent: string): string {
  return found.map(({ words, next }) => `${indent}"${words}") echo "${next.join(' ')}" ;;`).join('\n')
}

/** A function of the shell that prints what may follow some words, and fails for words that are no command */
const nextOf = (name: string, found: Completable[]): string => `${name}() {
  case "$1" in
${cases(found, '    ')}
    *) return 1 ;;
  esac
}
`

function bash (found: Completable[]): string {
  return `# bash completion of beam-node; load it with: source <(beam-node completion bash)
${nextOf('_beam_node_next', found)}
_beam_node() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" at="" word next i
  COMPREPLY=()
  case "$previous" in
    ${PATHS.join('|')}) compopt -o default 2>/dev/null; return ;;
  esac
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
    if _beam_node_next "\${at:+$at }$word" > /dev/null; then
      at="\${at:+$at }$word"
    fi
  done
  next="$(_beam_node_next "$at")"
  COMPREPLY=($(compgen -W "$next" -- "$current"))
}
complete -F _beam_node beam-node
`
}

function zsh (found: Completable[]): string {
  return `#compdef beam-node
# zsh completion of beam-node; load it with: source <(beam-node completion zsh)
${nextOf('_beam_node_next', found)}
_beam_node() {
  local at="" word i
  case "\${words[CURRENT-1]}" in
    ${PATHS.join('|')}) _files; return ;;
  esac
  for ((i = 2; i < CURRENT; i++)); do
    word="\${words[i]}"
    if _beam_node_next "\${at:+$at }$word" > /dev/null; then
      at="\${at:+$at }$word"
    fi
  done
  compadd -- \${(s: :)"$(_beam_node_next "$at")"}
}
compdef _beam_node beam-node
`
}

function fish (found: Completable[]): string {
  const lines = found.flatMap(({ words, next }) => next.map(word => {
    const condition = `-n '__beam_node_at "${words}"'`

    return word.startsWith('--')
      ? `complete -c beam-node ${condition} -l ${word.slice(2)}${PATHS.includes(word) ? ' -r -F' : ''}`
      : `complete -c beam-node ${condition} -f -a ${word}`
  }))

  return `# fish completion of beam-node; load it with: beam-node completion fish | source
set -g __beam_node_words ${found.filter(({ words }) => words !== '').map(({ words }) => `"${words}"`).join(' ')}
function __beam_node_at
  set -l at ""
  for word in (commandline -opc)[2..-1]
    set -l longer (string trim -- "$at $word")
    if contains -- "$longer" $__beam_node_words
      set at "$longer"
    end
  end
  test "$at" = "$argv[1]"
end
${lines.join('\n')}
`
}
