import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { AppError } from '#core/errors/app-error.ts';
import { type Handover, handoverScript, receiveOutputs } from './outputs.ts';
import { baseVariables, inputsFolder, workFolder } from '../layout.ts';
import { type AttemptPlan, handoverContainer } from './container-options.ts';
import { askEngine, type Docker } from './engine.ts';
import { execIn, readText } from './exec.ts';
import { reportFile } from './step-script.ts';
import { parseStepReport, type StepReport } from './step-report.ts';

const takeInputs = `umask 022; mkdir -p -- ${inputsFolder} "${baseVariables['HOME']}" && exec tar --extract --file=- --no-same-owner --preserve-permissions --directory=${inputsFolder}`;

/** Free blocks and file nodes of both folders, then the report of the step that just ended, if it left one. */
const inspectStep = `
for folder in ${workFolder} /tmp; do stat --file-system --printf='%a %d\\n' -- "$folder" || exit 1; done
if [ -f ${reportFile} ] && [ ! -L ${reportFile} ]; then head --bytes=8192 -- ${reportFile}; fi
exec rm -rf -- ${reportFile}
`;
const packArguments = [
  '--create',
  '--file=-',
  '--sort=name',
  '--owner=0',
  '--group=0',
  '--numeric-owner',
  '--directory',
];
const inspectBytesMax = 16 * 1024;

/** What a step left behind, as seen from the container in which no build ever runs. */
export interface StepRemains {
  readonly diskFull: boolean;
  /** Absent when the step's supervisor did not come to write it. */
  readonly report?: StepReport;
}

/** The build-free container: it keeps the volumes between the steps, puts the inputs in and takes the outputs out. */
export interface HandoverContainer {
  putInputs(folder: string, signal: AbortSignal): Promise<void>;
  inspectStep(signal: AbortSignal): Promise<StepRemains>;
  /** Only once every container of the build is gone. */
  takeOutputs(
    asked: readonly string[],
    folder: string,
    bytesMax: number,
    signal: AbortSignal,
  ): Promise<Handover>;
}

export async function startHandover(docker: Docker, plan: AttemptPlan): Promise<HandoverContainer> {
  const container = await askEngine(
    'create the hand-over container',
    docker.createContainer(handoverContainer(plan)),
  );
  await askEngine('start the hand-over container', container.start());
  return {
    putInputs: (folder, signal) => putInputs(docker, container.id, folder, signal),
    async inspectStep(signal) {
      const text = await execIn(docker, container.id, {
        argv: ['sh', '-c', inspectStep],
        stdout: (bytes) => readText(bytes, inspectBytesMax),
        signal,
      });
      return parseRemains(text);
    },
    takeOutputs: (asked, folder, bytesMax, signal) =>
      execIn(docker, container.id, {
        argv: ['sh', '-c', handoverScript, 'handover', ...asked],
        stdout: (bytes) => receiveOutputs(bytes, asked, folder, bytesMax),
        signal,
      }),
  };
}

function parseRemains(text: string): StepRemains {
  const [work = '', tmp = '', ...report] = text.split('\n');
  const diskFull = [work, tmp].some((line) => {
    const free = line.split(' ').map(Number);
    if (free.length !== 2 || free.some(Number.isNaN)) {
      throw new AppError('unavailable', 'the hand-over container did not say how full the disk is');
    }
    return free.includes(0);
  });
  return report.some((line) => line !== '')
    ? { diskFull, report: parseStepReport(report.join('\n')) }
    : { diskFull };
}

async function putInputs(
  docker: Docker,
  container: string,
  folder: string,
  signal: AbortSignal,
): Promise<void> {
  let ended: Promise<unknown[]> | undefined;
  await execIn(docker, container, {
    argv: ['sh', '-c', takeInputs],
    stdin() {
      const tar = spawn('tar', [...packArguments, folder, '.'], { stdio: ['ignore', 'pipe', 'ignore'] });
      ended = once(tar, 'close');
      ended.catch(() => undefined);
      return tar.stdout;
    },
    stdout: async (bytes) => void (await readText(bytes, 0)),
    signal,
  });
  const [code] = (await ended) ?? [];
  if (code !== 0)
    throw new AppError('unavailable', `the inputs could not be read: tar ended with ${String(code)}`);
}
