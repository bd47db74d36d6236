import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asAppError } from '#core/errors/app-error.ts';
import { startStack, type Stack } from '#deploy/sigstore/stack.ts';

/**
 * `npm run stack`: a real Sigstore on loopback in the foreground, and what to give Assay and cosign so that they use it.
 * Ctrl-C ends all of it and removes its keys. docs/stack.md
 */
const subject = 'https://assay.example/builder';
const refreshMs = 120_000;

try {
  const folder = await mkdtemp(join(tmpdir(), 'assay-stack-'));
  const verbose = process.argv.includes('--verbose');
  const stack = await startStack({ folder, log: (line) => verbose && console.error(line) });
  const tokenFile = join(folder, 'token');
  const writeToken = async () => writeFile(tokenFile, await stack.token({ subject }), { mode: 0o600 });
  await writeToken();
  const timer = setInterval(() => void writeToken().catch(console.error), refreshMs);
  let ending = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (ending) return;
      ending = true;
      clearInterval(timer);
      void stack.close();
    });
  }
  console.log(instructions(stack, tokenFile));
} catch (error) {
  const { message, hint } = asAppError(error);
  console.error(`${message}${hint === undefined ? '' : `\n  to fix it: ${hint}`}`);
  process.exitCode = 1;
}

function instructions(stack: Stack, tokenFile: string): string {
  return `Fulcio   ${stack.fulcioUrl}
Rekor    ${stack.rekorUrl}
TSA      ${stack.tsaQueryUrl}
Issuer   ${stack.issuerUrl}

Assay's attester uses it with:
  export ASSAY_FULCIO_URL=${stack.fulcioUrl} ASSAY_OIDC_TOKEN_FILE=${tokenFile}
  export ASSAY_REKOR_URL=${stack.rekorUrl} ASSAY_TSA_URL=${stack.tsaQueryUrl}
  export ASSAY_TRUSTED_ROOT_FILE=${stack.trustedRootFile}

cosign uses it with:
  cosign attest-blob FILE --predicate PREDICATE --type slsaprovenance1 --bundle BUNDLE --yes \\
    --signing-config ${stack.signingConfigFile} --trusted-root ${stack.trustedRootFile} \\
    --identity-token ${tokenFile}
  cosign verify-blob-attestation FILE --bundle BUNDLE --type slsaprovenance1 \\
    --trusted-root ${stack.trustedRootFile} --insecure-ignore-sct --use-signed-timestamps \\
    --certificate-identity ${subject} --certificate-oidc-issuer ${stack.issuerUrl}

Ctrl-C ends it.`;
}
