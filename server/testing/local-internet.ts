/**
 * Given to `node --import` by tests that start the product as a process: every host that the installation allows is on this machine, so that
 * its http connectors reach a service of the test.
 */
import { theInternet } from '../../activities/http/send.ts';

theInternet.resolve = () => Promise.resolve(['127.0.0.1']);
theInternet.isOpen = () => true;
