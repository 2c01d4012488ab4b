// Starts npm scimmy-routers at a free port, with users in it: node start_scimmy.mjs COUNT. The store is ours, the protocol is theirs.
// The first line of stdout is the base URL.
import {randomUUID} from "node:crypto";
import {createRequire} from "node:module";

// The packages are below the target directory, where this is started.
const load = createRequire(process.cwd() + "/");
const express = load("express");
const SCIMMY = load("scimmy").default ?? load("scimmy");
const SCIMMYRouters = load("scimmy-routers").default ?? load("scimmy-routers");

const seed = Number(process.argv[2] ?? 0), token = "scim-token";
const {Resources, Schemas, Types, Config} = SCIMMY;

const users = new Map(), groups = new Map();
const copy = (o) => JSON.parse(JSON.stringify(o));
const meta = (old) => {
    const now = new Date().toISOString();
    return {created: old?.created ?? now, lastModified: now};
};
const withGroups = (u) => {
    const of = [...groups.values()].filter(g => (g.members ?? []).some(m => m.value === u.id))
        .map(g => ({value: g.id, display: g.displayName, type: "direct"}));
    return {...u, ...(of.length ? {groups: of} : {})};
};
const missing = (id) => new Types.Error(404, null, `Resource ${id} not found`);

// Filter.match throws a TypeError where a record lacks a complex attribute, and does not know an extension's attributes.
const ext = Schemas.EnterpriseUser.id;
const match = (filter, all) => all.filter(rec => {
    const flat = Object.fromEntries(Object.entries(rec[ext] ?? {}).map(([k, v]) => [`${ext}:${k}`, v]));
    return filter.some(branch => {
        try { return new Types.Filter([branch]).match([{...rec, ...flat}]).length > 0; }
        catch (ex) { if (ex instanceof TypeError) return false; throw ex; }
    });
});

const handlers = (store, unique, out = (x) => x) => ({
    egress: (resource) => {
        if (resource.id) {
            if (!store.has(resource.id)) throw missing(resource.id);
            return out(store.get(resource.id));
        }
        const all = [...store.values()].map(out);
        return resource.filter ? match(resource.filter, all) : all;
    },
    ingress: (resource, instance) => {
        if (resource.id && !store.has(resource.id)) throw missing(resource.id);
        const data = copy(instance), id = resource.id ?? randomUUID();
        if (unique) for (const o of store.values())
            if (o.id !== id && o[unique].toLowerCase() === data[unique].toLowerCase())
                throw new Types.Error(409, "uniqueness", `${unique} '${data[unique]}' is already taken`);
        delete data.groups;
        const rec = {...data, id, meta: meta(store.get(id)?.meta)};
        store.set(id, rec);
        return out(rec);
    },
    degress: (resource) => {
        if (!store.delete(resource.id)) throw missing(resource.id);
        for (const g of groups.values()) if (g.members) g.members = g.members.filter(m => m.value !== resource.id);
    }
});
const declare = (R, h) => Resources.declare(R).ingress(h.ingress).egress(h.egress).degress(h.degress);
declare(Resources.User, handlers(users, "userName", withGroups)).extend(Schemas.EnterpriseUser, false);
declare(Resources.Group, handlers(groups));

const members = [];
for (let i = 0; i < seed; i++) {
    const id = randomUUID(), n = String(i).padStart(5, "0");
    const user = {schemas: [Schemas.User.id], id, userName: `seed${n}`, displayName: `Seed ${i}`, active: i % 2 === 0,
        name: {familyName: `F${i}`, givenName: `G${i}`}, emails: [{value: `seed${n}@example.com`, type: "work", primary: true}], meta: meta()};
    if (i % 10 === 1) {
        Object.assign(user.name, {formatted: `G${i} F${i}`, middleName: "M", honorificPrefix: "Dr.", honorificSuffix: "III"});
        Object.assign(user, {schemas: [Schemas.User.id, ext], externalId: `x${i}`, nickName: "Nick", profileUrl: "https://example.com/seed",
            title: "Tester", userType: "Employee", preferredLanguage: "nb-NO", locale: "nb-NO", timezone: "Europe/Oslo",
            phoneNumbers: [{value: "tel:+47-22-00-00-00", type: "work", primary: true}],
            photos: [{value: "https://example.com/seed.jpg", type: "photo"}],
            addresses: [{streetAddress: "Storgata 1", locality: "Oslo", country: "NO", type: "work"}],
            entitlements: [{value: "lab"}], roles: [{value: "tester", display: "Tester"}],
            [ext]: {employeeNumber: String(i), costCenter: "4130", organization: "Example", division: "Labs", department: "Tests",
                manager: {value: [...users.keys()][0], displayName: "Seed 0"}}});
        members.push({value: id, display: user.displayName, type: "User"});
    }
    users.set(id, user);
}
const group = randomUUID();
groups.set(group, {schemas: [Schemas.Group.id], id: group, displayName: "Testers", members, meta: meta()});

const app = express();
// Express 5 parses the query anew at each access, so that scimmy-routers loses the numbers it made of startIndex and count.
app.use((req, res, next) => {
    Object.defineProperty(req, "query", {value: {...req.query}, writable: true, configurable: true, enumerable: true});
    next();
});
let base;
app.use("/scim/v2", new SCIMMYRouters({
    type: "bearer",
    docUri: "https://example.com/help/oauth.html",
    handler: (req) => {
        if (req.header("Authorization") !== `Bearer ${token}`) throw new Error("Authorization not detected!");
        return [...users.keys()][0] ?? "nobody";   // /Me is the oldest user
    },
    baseUri: () => base
}));
// the constructor above turns on patch, filter, sort and bulk; say it all again explicitly
Config.set({patch: true, filter: {supported: true, maxResults: 200}, sort: true, bulk: true, changePassword: false});

const server = app.listen(0, "127.0.0.1", () => {
    base = `http://127.0.0.1:${server.address().port}`;
    console.log(`${base}/scim/v2`);
});
