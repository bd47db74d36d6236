import manifest from '../../package.json' with { type: 'json' };
import { AttestConfig } from '#services/config/attest.ts';
import { readConfig } from '#services/config/read.ts';
import { runMain } from '#services/process/run-main.ts';
import { openSigning } from '#services/signing/open-signing.ts';
import { startWorker } from '../runtime/start-worker.ts';
import { readIdentity } from '../place/identity.ts';
import { attestHandler } from './handler.ts';
import { layCanaries } from './lay-canaries.ts';
import { steadySigning } from './steady-signing.ts';

runMain('attest', async () => {
  const config = readConfig(AttestConfig, process.env);
  const signing = await openSigning(config.signing);
  const { key, custody } = signing;
  await startWorker('attest', config, async ({ control, log, folder }) => {
    if (signing.keyIsNew) log.info({ hint: key?.hint }, 'made a signing key: there was none');
    // Keyless: a certificate in each bundle names the signer, and there is no key to make known.
    await control.registerSigner({
      builderId: config.builderId,
      log: signing.hasLog,
      ...(key ? { key: { hint: key.hint, publicKeyPem: key.publicKeyPem } } : {}),
    });
    const laid = await layCanaries(custody, folder);
    if (laid.unlaid !== undefined) log.warn(laid.unlaid);
    await control.layCanaries(config.workerName, laid.canaries);
    return attestHandler({
      signing: steadySigning(signing, () => performance.now()),
      builder: { id: config.builderId, version: { assay: manifest.version } },
      place: {
        hint: key?.hint,
        uid: process.geteuid?.() ?? -1,
        custody,
        identity: await readIdentity(),
        ...laid,
      },
    });
  });
});
