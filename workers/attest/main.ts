import manifest from '../../package.json' with { type: 'json' };
import { AttestConfig } from '#services/config/attest.ts';
import { readConfig } from '#services/config/read.ts';
import { runMain } from '#services/process/run-main.ts';
import { openSigning } from '#services/signing/open-signing.ts';
import { startWorker } from '../runtime/start-worker.ts';
import { attestHandler } from './handler.ts';

runMain('attest', async () => {
  const config = readConfig(AttestConfig, process.env);
  const signing = await openSigning(config.signing);
  const { key, custody } = signing;
  await startWorker('attest', config, async ({ control, log }) => {
    if (signing.keyIsNew) log.info({ hint: key?.hint }, 'made a signing key: there was none');
    // Keyless: a certificate in each bundle names the signer, and there is no key to make known.
    if (key) await control.registerKey({ ...key, builderId: config.builderId });
    return attestHandler({
      signing,
      builder: { id: config.builderId, version: { assay: manifest.version } },
      place: { hint: key?.hint, uid: process.geteuid?.() ?? -1, custody },
    });
  });
});
