/** What every kind of worker is configured with; its own schema adds the rest (services/config). */
export interface WorkerConfig {
  readonly apiUrl: string;
  readonly queueUrl: string;
  readonly workerToken: string;
  readonly workerName: string;
  readonly workDir: string;
  readonly concurrency: number;
  readonly logLevel: string;
  readonly parentPipe: boolean;
}
