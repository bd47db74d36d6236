/** A public key as pkcs11-tool lists it. */
export interface ListedKey {
  /** Such as `EC  EC_POINT 256 bits`. */
  readonly kind: string;
  readonly label: string;
  readonly idHex: string;
}

/**
 * Reads what `pkcs11-tool --list-objects --type=pubkey` prints (OpenSC 0.23): for each object a line that begins with
 * its class, then indented lines of a name and a value. What has no id is left out: it could not be asked for.
 */
export function readPublicKeyList(text: string): ListedKey[] {
  const blocks = text.split(/^(?=\S)/m);
  return blocks.flatMap((block) => {
    const kind = /^Public Key Object; (.*)$/m.exec(block)?.[1];
    const idHex = /^ {2}ID: +((?:[0-9a-f]{2})+)$/m.exec(block)?.[1];
    const label = /^ {2}label: +(.*)$/m.exec(block)?.[1] ?? '';
    return kind === undefined || idHex === undefined ? [] : [{ kind, label, idHex }];
  });
}
