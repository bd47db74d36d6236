import manifest from '../../package.json' with { type: 'json' };
import { AttestConfig } from '#services/config/attest.ts';
import { readConfig } from '#services/config/read.ts';
import { runMain } from '#services/process/run-main.ts';
import { createSigning } from '#services/signing/create-signing.ts';
import { createKeyFile, keyFileSigner } from '#services/signing/key-file.ts';
import { startWorker } from '../runtime/start-worker.ts';
import { attestHandler } from './handler.ts';

runMain('attest', async () => {
  const config = readConfig(AttestConfig, process.env);
  const made = await createKeyFile(config.signingKeyFile);
  const signer = await keyFileSigner(config.signingKeyFile);
  await startWorker('attest', config, async ({ control, log }) => {
    if (made) log.info({ hint: signer.hint }, 'made a signing key: there was none');
    await control.registerKey({
      hint: signer.hint,
      publicKeyPem: signer.publicKeyPem,
      builderId: config.builderId,
    });
    return attestHandler({
      signing: createSigning({ signer, key: signer }),
      builder: { id: config.builderId, version: { assay: manifest.version } },
      place: { hint: signer.hint, uid: process.geteuid?.() ?? -1, key: signer.status },
    });
  });
});
