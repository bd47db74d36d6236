import type { Limits, Step } from '#schemas/recipe.ts';
import type { Fact } from '#schemas/level.ts';
import type { Canary, CanaryTry } from '#schemas/place.ts';
import type { Reason } from '#schemas/verdict.ts';
import type { Machine } from './layout.ts';

/** A root file system, known by the digest of its tar. `folder` is the unpacked tree (read-only to everybody), `tar` the archive. */
export interface Rootfs {
  readonly sha256: string;
  readonly folder: string;
  readonly tar: string;
  readonly packages: readonly { name: string; version: string; architecture: string; sha256: string }[];
  /** Whether the tree was found to be as it was unpacked from the tar, and how that is known. */
  readonly tree: { readonly unchanged: boolean; readonly evidence: string };
}

/** One attempt's run: steps one after the other, in one work folder, with no network. */
export interface SandboxSpec {
  /** `<jobId>-<fence>`: names containers, cgroups and folders, so that what is left over can be told and removed. */
  readonly id: string;
  readonly rootfs: Rootfs;
  /** A host folder of this attempt; its files are copied to /work/in before the first step. */
  readonly inputs: string;
  readonly steps: readonly Step[];
  readonly variables: Readonly<Record<string, string>>;
  /** Another user or host name than a rebuild has, for an experiment (core/vary). `facts` are then not those of a rebuild. */
  readonly machine?: Partial<Machine>;
  readonly limits: Limits;
  /** Host path of this attempt's own gateway socket; inside it answers at http://127.0.0.1:8765. */
  readonly gatewaySocket?: string;
  /** Paths below /work to hand over, read after every process of the build has ended. */
  readonly outputs: readonly string[];
  /** Tried from inside before the first step, as a build could try. */
  readonly canaries?: readonly Canary[];
  /** An empty host folder that receives the outputs under the same relative paths: regular files only, links never followed. */
  readonly handover: string;
}

export interface SandboxEvents {
  stepStarted(name: string): void;
  stepEnded(name: string, exitCode: number | null): void;
  /** One bounded line without control sequences. */
  line(stream: 'stdout' | 'stderr', text: string): void;
}

/** How the run ended. `limit` names the limit that ended it; `failed` the step that did not exit 0. */
export type SandboxEnd =
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly step: string; readonly exitCode: number | null }
  | {
      readonly kind: 'limit';
      readonly step: string;
      readonly reason: Extract<Reason, `${string}-limit`>;
      readonly detail: string;
    };

export interface SandboxResult {
  readonly end: SandboxEnd;
  /** Of `outputs`, those that exist as regular files now in `handover`, with their sizes. */
  readonly outputs: readonly { path: string; size: number }[];
  readonly steps: readonly { name: string; exitCode: number | null; durationMs: number }[];
  /** Measured for this attempt: isolated, ephemeral, network-recorded, cache-content-addressed. */
  readonly facts: readonly Fact[];
  /** What came of trying the canaries from inside. */
  readonly canaries: readonly CanaryTry[];
  readonly runtime: string;
  /** Limits that this host could not set, in words. */
  readonly unlimited: readonly string[];
}

/**
 * Where foreign code runs. Implementations: bubblewrap.ts and docker.ts; one contract suite, test/contract/sandbox.
 * No network, read-only root, a fresh size-limited /work that outlives the build for the hand-over, no capabilities,
 * no new privileges, the pinned seccomp profile, an unprivileged user, nothing of the host's environment.
 */
export interface Sandbox {
  readonly kind: 'bubblewrap' | 'docker';
  /** @throws AppError `missing-component` (with the remedy) or `unavailable`: our failure, never the build's. On abort, ends everything and throws `interrupted`. */
  run(spec: SandboxSpec, events: SandboxEvents, signal: AbortSignal): Promise<SandboxResult>;
  /** Removes whatever earlier runs of this worker left behind (killed by -9): containers, volumes, cgroups, mounts, processes. */
  sweep(): Promise<void>;
}
