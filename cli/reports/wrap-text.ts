/** Lines of at most `columns` characters, broken at spaces; those behind the first begin with `indent`. */
export function wrapText(text: string, indent: string, columns: number): string[] {
  const lines: string[] = [];
  const begin = /^ */.exec(text)?.[0] ?? '';
  let line = begin;
  let empty = true;
  for (const word of text.slice(begin.length).split(' ')) {
    if (empty) line += word;
    else if (line.length + 1 + word.length <= columns) line += ` ${word}`;
    else {
      lines.push(line);
      line = indent + word;
    }
    empty = false;
  }
  return [...lines, line];
}
