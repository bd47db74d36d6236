import type { Archive } from '#core/archive/entry.ts';
import type { Pass } from '../pass.ts';

const plain = 'disks 0/0, entries on this disk all';
const wide =
  /^disks 0\/0, entries on this disk all, zip64 version \d+\/\d+, disks 0\/1\/0\/0, entries (\d+), short (\d+\/\d+\/\d+), tail 0x(?:, unused (\d+\/\d+\/\d+))?$/;
/** What the short record says where only the long one counts. */
const markers = '65535/4294967295/4294967295';

/** Bytes of the zip64 end record and its locator, and of the values in the short record that they stand for. */
const zip64Bytes = 56 + 20;
const shortBytes = 2 + 2 + 4 + 4;

/** Bytes that this form has more than the plainest; undefined where two readers could see two archives in it. */
function formBytes(form: string | null | undefined, archive: Archive | undefined): number | undefined {
  if (form === plain) return 0;
  const match = wide.exec(form ?? '');
  if (match === null || Number(match[1]) !== archive?.entries.length) return undefined;
  const [, , short, unused] = match;
  if (unused === undefined) return short === markers ? zip64Bytes + 2 * shortBytes : undefined;
  return short === unused ? zip64Bytes : undefined;
}

export const zipEnd: Pass = {
  id: 'zip-end',
  title: "The form of a zip's end: with or without zip64 records that say the same",
  risk: 'A reader without zip64 refuses one of the two.',
  touches: { formats: ['zip'], fields: ['zip_end_form'] },
  setsAside({ a, b, archiveA, archiveB }) {
    const [bytesA, bytesB] = [formBytes(a, archiveA), formBytes(b, archiveB)];
    return bytesA === undefined || bytesB === undefined ? undefined : bytesA + bytesB;
  },
};
