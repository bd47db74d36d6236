interface ServerSentEvent {
  readonly id: string;
  readonly event: string;
  readonly data: string;
}

/** Events of a finished stream, read as WHATWG HTML section 9.2.6 says; comments and events without data are left out. */
export function parseServerSentEvents(text: string): ServerSentEvent[] {
  const events: ServerSentEvent[] = [];
  let [id, event, data] = ['', '', [] as string[]];
  for (const line of text.split(/\r\n|\n|\r/)) {
    if (line === '') {
      if (data.length > 0) events.push({ id, event, data: data.join('\n') });
      [event, data] = ['', []];
      continue;
    }
    const [, field = '', value = ''] = /^([^:]*):? ?(.*)$/su.exec(line) ?? [];
    if (field === 'id') id = value;
    if (field === 'event') event = value;
    if (field === 'data') data.push(value);
  }
  return events;
}
