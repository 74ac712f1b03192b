export interface CommandLine {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: string;
  readonly stdout: string;
}

export interface LineFault {
  readonly line: CommandLine;
  readonly fault: string;
}

export function attackCommandLines(options: {
  readonly seed: number;
  readonly count: number;
  readonly report?: (line: CommandLine, fault: string) => void;
}): Promise<LineFault[]>;
