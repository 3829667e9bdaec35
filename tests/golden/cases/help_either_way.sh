#!/bin/bash
# Of every command: 'help COMMAND' and 'COMMAND --help' are the same, fit in 80 columns, and say
# options, exit status and examples.
heapchurn --help | sed -n '/^Commands/,/^$/s/^  \([a-z][a-z]*\) .*/\1/p' | while read -r command; do
    heapchurn help "$command" >by_help || echo "$command: help fails"
    heapchurn "$command" --help >by_option || echo "$command: --help fails"
    heapchurn "$command" -h | cmp - by_option
    cmp by_help by_option
    for part in "Usage: heapchurn $command " "  -h, --help" "Exit status:" "Examples:"; do
        grep -q "^$part" by_option || echo "$command: without '$part'"
    done
    awk -v command="$command" 'length > 80 { print command ": too wide: " $0 }' by_option
    echo "$command"
done | grep -v '^[a-z]*$' || true
heapchurn --help | grep -c '^  list'
