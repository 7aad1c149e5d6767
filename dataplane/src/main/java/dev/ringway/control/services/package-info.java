/**
 * Services as wanted, in Kubernetes' words, and their way into tables: sources put records into a
 * {@link dev.ringway.control.services.ServiceCatalog}, which compiles what changed.
 */
package dev.ringway.control.services;
