import { CLIENT_MUTANTS } from './clientMutants.ts';
import type { Mutant } from './mutant.ts';
import { SERVER_MUTANTS, STORE_MUTANTS } from './serverMutants.ts';

export const MUTANTS: readonly Mutant[] = [...CLIENT_MUTANTS, ...SERVER_MUTANTS, ...STORE_MUTANTS];
