/** Where signatures over the rest of an archive are kept, and whose they are. */
const kinds: readonly (readonly [names: RegExp, whose: string])[] = [
  // https://docs.oracle.com/en/java/javase/21/docs/specs/jar/jar.html#signed-jar-file
  [/^META-INF\/(?:[^/]+\.(?:SF|RSA|DSA|EC)|SIG-[^/]+)$/i, 'of a jar'],
  [/(?:^|\/)_CodeSignature\/[^/]+$/, 'of an app bundle'],
  // https://packaging.python.org/en/latest/specifications/binary-distribution-format/#signed-wheel-files
  [/^[^/]+\.dist-info\/RECORD\.(?:jws|p7s)$/, 'of a wheel'],
  [/^_gpg[a-z0-9]*$/, 'of a .deb'],
  [/^\.SIGN\.(?:RSA|RSA256|RSA512|DSA)\.[^/]+$/, 'of an apk of Alpine'],
  [/^\.signature\.p7s$/, 'of a NuGet package'],
  [/\.(?:asc|sig|minisig|p7s|sigstore|sigstore\.json)$/i, 'of a file beside it'],
];

/** Whose signature the member of this name is; undefined for one that is none. Hostile names take linear time. */
export function signatureOf(name: string): string | undefined {
  return kinds.find(([names]) => names.test(name))?.[1];
}

/** The last bytes of an APK Signing Block, which stands before the central directory. https://source.android.com/docs/security/features/apksigning/v2 */
export const apkSigningBlockEnd = Buffer.from('APK Sig Block 42');
