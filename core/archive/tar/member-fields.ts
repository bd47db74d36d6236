import type { Fields } from '../entry.ts';
import { decodeName } from '../names.ts';
import type { TarHeader } from './header.ts';
import { epochText, paxTime } from './pax.ts';

/** What extension records before a member say of it. */
export interface Extension {
  name?: Uint8Array;
  link?: Uint8Array;
  pax: Map<string, string>;
  /** Keys as they come. */
  paxKeys: string[];
  fields: Fields;
}

/** pax keys whose values are fields or the size of the content. */
const shownElsewhere = new Set(['path', 'linkpath', 'uid', 'gid', 'uname', 'gname', 'mtime', 'size']);

/** All that is told of a member: its header, what extensions say otherwise (`pax`: with the global ones), where it links to. */
export function memberFields(
  header: TarHeader,
  extension: Extension,
  pax: ReadonlyMap<string, string>,
  link: string,
): Fields {
  const fields: Fields = {
    ...extension.fields,
    type: header.typeflag === '\0' ? '0x00' : header.typeflag,
    mode: header.mode.toString(8).padStart(4, '0'),
    uid: pax.get('uid') ?? String(header.uid),
    gid: pax.get('gid') ?? String(header.gid),
    uname: pax.get('uname') ?? header.uname,
    gname: pax.get('gname') ?? header.gname,
    mtime: pax.has('mtime') ? paxTime(pax.get('mtime') ?? '') : epochText(header.mtime),
    magic: header.magic,
    form: header.form,
  };
  if (pax.has('mtime')) fields['header_mtime'] = epochText(header.mtime);
  // What an extension overrides is still in the header, and a reader that ignores extensions believes it.
  const overridden: readonly [string, string, boolean][] = [
    [
      'header_name',
      decodeName(header.name).name,
      pax.has('path') || pax.has('GNU.sparse.name') || extension.name !== undefined,
    ],
    ['header_link', decodeName(header.link).name, pax.has('linkpath') || extension.link !== undefined],
    ['header_size', String(header.size), pax.has('size')],
    ['header_uid', String(header.uid), pax.has('uid')],
    ['header_gid', String(header.gid), pax.has('gid')],
    ['header_uname', header.uname, pax.has('uname')],
    ['header_gname', header.gname, pax.has('gname')],
  ];
  for (const [field, value, shown] of overridden) if (shown) fields[field] = value;
  if (link !== '') fields['link'] = link;
  if (header.typeflag === '3' || header.typeflag === '4') fields['device'] = header.device;
  const other: [string, string][] = [];
  for (const [key, value] of extension.pax) {
    if (key === 'atime' || key === 'ctime') fields[`pax_${key}`] = paxTime(value);
    else if (!shownElsewhere.has(key)) other.push([key, value]);
  }
  if (extension.pax.size > 0) fields['pax_keys'] = extension.paxKeys.join(' ');
  if (other.length > 0) fields['pax_other'] = JSON.stringify(other);
  return fields;
}
