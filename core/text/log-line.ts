/** Longest log line that is kept, in UTF-16 units; HostileText in schemas/text.ts allows no more. */
export const logLineLengthMax = 4000;

/**
 * ANSI escape sequences (ECMA-48): control strings (OSC, DCS, SOS, PM, APC) up to their end, CSI sequences, and the
 * shorter escapes. Both their 7-bit form (ESC and a letter) and their 8-bit form (C1).
 */
const escapeSequence =
  // oxlint-disable-next-line no-control-regex -- control characters are what is removed
  /(?:\u001b[\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)?|(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]?|\u001b[ -/]*[0-~]?/g;

/** What could still move a cursor, hide text or turn it round: C0, C1, DEL, line separators, bidirectional and zero-width controls. */
const control =
  // oxlint-disable-next-line no-control-regex, no-misleading-character-class -- as above
  /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/**
 * One line that a build wrote, fit to be kept: no escape sequence, no control character but the tab, no lone
 * surrogate, at most `lengthMax` UTF-16 units (what was cut is said). A carriage return overwrites the line on a
 * terminal: what comes after the last one is kept.
 */
export function cleanLogLine(raw: string, lengthMax = logLineLengthMax): string {
  const visible = raw.replace(/\r+$/, '');
  const shown = visible.slice(visible.lastIndexOf('\r') + 1);
  const clean = shown.replace(escapeSequence, '').replace(control, '').toWellFormed();
  if (clean.length <= lengthMax) return clean;
  const mark = ` … [${clean.length - lengthMax} more]`;
  return clean.slice(0, Math.max(0, lengthMax - mark.length)).toWellFormed() + mark;
}
