import fc from 'fast-check';

/** A test is given up after 120 s, but not while it computes: a property, and the search for its smallest failure, end by themselves. */
fc.configureGlobal({ ...fc.readConfigureGlobal(), interruptAfterTimeLimit: 100_000, markInterruptAsFailure: true });

export default fc;
