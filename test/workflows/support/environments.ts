import { TestWorkflowEnvironment } from '@temporalio/testing';
import { defineSearchAttributeKey } from '@temporalio/common';
import { findTemporalCli, findTestServer } from '../../../src/temporal/server/index.ts';
import { SEARCH_ATTRIBUTES } from '../../../src/temporal/names.ts';

/** The time-skipping server: days of waiting pass at once. Its tests run one after another. */
export async function timeSkippingEnvironment(): Promise<TestWorkflowEnvironment> {
  const path = await findTestServer();
  return TestWorkflowEnvironment.createTimeSkipping({ server: { executable: { type: 'existing-path', path } } });
}

/** The real development server, with this project's search attributes. */
export async function devServerEnvironment(): Promise<TestWorkflowEnvironment> {
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
  return Object.entries(SEARCH_ATTRIBUTES).map(([name, type]) => defineSearchAttributeKey(name, types[type]));
}
