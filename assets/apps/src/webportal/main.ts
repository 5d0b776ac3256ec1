import { startService } from '../kit/start-service.js';
import { webportal } from './service.js';

startService(webportal);
