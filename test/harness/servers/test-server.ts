/** A real server, for one test file: on loopback, in a temporary folder, gone with the test process. */
export interface TestServer {
  readonly url: string;
  /** Kills it with -9, runs `whileDown`, and starts it again on the same port and data. */
  restart(whileDown?: () => Promise<void>): Promise<void>;
  /** Ends it and removes its folder. */
  stop(): Promise<void>;
}
