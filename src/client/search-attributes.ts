import { SEARCH_ATTRIBUTES, type SearchAttributeName } from '../temporal/names.ts';
import type { Session } from './session.ts';
import { exchange } from './exchange.ts';

/** Search attributes of this project that the namespace does not have. */
export async function missingSearchAttributes(session: Session): Promise<SearchAttributeName[]> {
  const { customAttributes } = await exchange(session, 'asking for the search attributes', () =>
    session.connection.operatorService.listSearchAttributes({ namespace: session.namespace }),
  );
  const known = new Set(Object.keys(customAttributes ?? {}));
  return (Object.keys(SEARCH_ATTRIBUTES) as SearchAttributeName[]).filter(
    (name) => !known.has(name),
  );
}
