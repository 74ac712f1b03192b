import fc from 'fast-check';

/**
 * One seed, so that what passed once passes again; `PROPERTY_SEED=random` (or a number) looks further. A test is given up after 120 s,
 * but not while it computes: a property, and the search for its smallest failure, end by themselves.
 */
const { PROPERTY_SEED: seed = '20261129' } = process.env;
fc.configureGlobal({
  ...fc.readConfigureGlobal(),
  ...(seed !== 'random' && { seed: Number(seed) }),
  interruptAfterTimeLimit: 100_000,
  markInterruptAsFailure: true,
});

export default fc;
