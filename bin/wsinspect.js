#!/usr/bin/env node
if (Number(process.versions.node.split('.')[0]) < 20) throw new Error('wsinspect needs Node.js 20 or newer');
require('../dist/cli/start.js');
