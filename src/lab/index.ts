/**
 * A throw-away network on this machine, one daemon process a site, each founded or
 * joined exactly as a real one is. `beam-node lab`, the demo and tests stand on it.
 */
export { startLab } from './start-lab.ts'
export type { Lab, LabEvent, LabInit, LabSite } from './interface.ts'
