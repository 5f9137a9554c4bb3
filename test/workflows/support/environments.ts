import { TestWorkflowEnvironment } from '@temporalio/testing';
import { defineSearchAttributeKey } from '@temporalio/common';
import proto from '@temporalio/proto';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { findTemporalCli, findTestServer } from '../../../src/temporal/server/index.ts';
import { SEARCH_ATTRIBUTES } from '../../../src/temporal/names.ts';

let quiet = false;

/** Faults are the subject here, so the SDK's warnings about them would bury everything else. */
export function silenceWarnings(): void {
  if (quiet) return;
  quiet = true;
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { forward: {}, filter: 'OFF' } },
  });
}

/** The time-skipping server: days of waiting pass at once. Its tests run one after another. */
export async function timeSkippingEnvironment(): Promise<TestWorkflowEnvironment> {
  silenceWarnings();
  const path = await findTestServer();
  const env = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path } },
  });
  await env.connection.operatorService.addSearchAttributes({
    namespace: 'default',
    searchAttributes: Object.fromEntries(
      Object.entries(SEARCH_ATTRIBUTES).map(([name, type]) => [name, INDEXED_VALUE_TYPES[type]]),
    ),
  });
  return env;
}

const INDEXED_VALUE_TYPES = {
  Keyword: proto.temporal.api.enums.v1.IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
  Int: proto.temporal.api.enums.v1.IndexedValueType.INDEXED_VALUE_TYPE_INT,
  Bool: proto.temporal.api.enums.v1.IndexedValueType.INDEXED_VALUE_TYPE_BOOL,
  Datetime: proto.temporal.api.enums.v1.IndexedValueType.INDEXED_VALUE_TYPE_DATETIME,
};

/** The real development server, with this project's search attributes. */
export async function devServerEnvironment(): Promise<TestWorkflowEnvironment> {
  silenceWarnings();
  const path = await findTemporalCli();
  return TestWorkflowEnvironment.createLocal({
    server: {
      executable: { type: 'existing-path', path },
      searchAttributes: searchAttributeKeys(),
    },
  });
}

function searchAttributeKeys() {
  const types = { Keyword: 'KEYWORD', Int: 'INT', Bool: 'BOOL', Datetime: 'DATETIME' } as const;
  return Object.entries(SEARCH_ATTRIBUTES).map(([name, type]) =>
    defineSearchAttributeKey(name, types[type]),
  );
}
