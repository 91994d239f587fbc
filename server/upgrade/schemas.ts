/** What whoever upgrades Guanjia must know beforehand. */
import { Type } from 'typebox';
import { Count, Instant, nullable } from '../schema.ts';

const Cases = Count({ minimum: 0 });

export const Interpreter = Type.Object(
  {
    id: Type.String({ description: 'Of the sources that interpret cases.' }),
    version: Type.String({ description: 'Of the program that brought it.' }),
    node: Type.String(),
    isCurrent: Type.Boolean({ description: 'The one this process brings.' }),
    lastStartedAt: Instant,
    runningCases: nullable(
      Type.Integer({ minimum: 0, description: 'That go on with it: of all that ran them it was started last.' }),
    ),
  },
  { title: 'Interpreter' },
);

export const CodecKeyUse = Type.Object(
  {
    id: Type.String(),
    isCurrent: Type.Boolean({ description: 'It encrypts.' }),
    isConfigured: Type.Boolean({ description: 'It is in GUANJIA_CODEC_KEYS.' }),
    runningCases: nullable(Cases),
    scannedAt: nullable(Instant),
    retiresAt: nullable(Instant),
  },
  { title: 'CodecKeyUse' },
);

const BackupPart = Type.Object({ what: Type.String(), bytes: Type.Integer({ minimum: 0 }) }, { title: 'BackupPart' });

export const Backup = Type.Object(
  { at: Instant, bytes: Type.Integer({ minimum: 0 }), parts: Type.Array(BackupPart) },
  { title: 'Backup' },
);

export const Upgrade = Type.Object(
  {
    versions: Type.Object({
      guanjia: Type.String(),
      node: Type.String(),
      postgres: Type.String(),
      temporal: nullable(Type.String({ description: 'Null: not reachable.' })),
    }),
    migrations: Type.Array(Type.Object({ name: Type.String(), at: nullable(Instant) }, { title: 'MigrationRun' }), {
      description: 'Those without a moment are still to be run.',
    }),
    runningCases: nullable(Cases),
    interpreters: Type.Array(Interpreter),
    codecKeys: Type.Array(CodecKeyUse),
    checkpoint: nullable(
      Type.Object(
        { startedAt: Instant, total: Cases, left: nullable(Cases) },
        { title: 'Checkpoint', description: 'One that is under way or was broken off.' },
      ),
    ),
    lastBackup: nullable(Backup),
  },
  { title: 'Upgrade' },
);
