# The orders of the tiny town.
kind: orders
format: json
schema: rumbo
payload: ../../testdata/tinytown/orders.json
-- results --
1 accepted
    {"id":"P-01","day":"2026-03-16","location":{"lat":-34.898867,"lon":-62.499934},"address":"Panadería La Espiga","service_s":240,"load":{"bultos":6,"kg":60},"windows":[{"open":"2026-03-16T06:00:00-03:00","close":"2026-03-16T09:00:00-03:00"}],"batch_id":"batch_1"}
2 accepted
    {"id":"P-02","day":"2026-03-16","location":{"lat":-34.897806,"lon":-62.498761},"address":"Farmacia San Martín","service_s":180,"load":{"bultos":1,"kg":8},"windows":[{"open":"2026-03-16T09:00:00-03:00","close":"2026-03-16T13:00:00-03:00"}],"skills":["frío"],"batch_id":"batch_1"}
3 accepted
    {"id":"P-03","day":"2026-03-16","location":{"lat":-34.896816,"lon":-62.498585},"address":"Mercado del Puente","service_s":600,"load":{"bultos":15,"kg":150},"windows":[{"open":"2026-03-16T07:00:00-03:00","close":"2026-03-16T11:00:00-03:00"}],"batch_id":"batch_1"}
4 accepted
    {"id":"P-04","day":"2026-03-16","location":{"lat":-34.900081,"lon":-62.495997},"address":"Hospital Santa Clara","service_s":480,"load":{"bultos":4,"kg":40},"windows":[{"open":"2026-03-16T07:00:00-03:00","close":"2026-03-16T10:00:00-03:00"}],"skills":["frío"],"batch_id":"batch_1"}
5 accepted
    {"id":"P-05","day":"2026-03-16","location":{"lat":-34.897779,"lon":-62.494803},"address":"Escuela Normal","service_s":300,"load":{"bultos":3,"kg":35},"windows":[{"open":"2026-03-16T08:00:00-03:00","close":"2026-03-16T12:00:00-03:00"}],"batch_id":"batch_1"}
6 accepted
    {"id":"P-06","day":"2026-03-16","location":{"lat":-34.898813,"lon":-62.495921},"address":"Plaza Mayor","service_s":120,"load":{"bultos":1,"kg":5},"optional":true,"prize_cents":900,"batch_id":"batch_1"}
7 accepted
    {"id":"P-07","day":"2026-03-16","location":{"lat":-34.898966,"lon":-62.493333},"address":"Ferretería El Tornillo","service_s":300,"load":{"bultos":9,"kg":90},"windows":[{"open":"2026-03-16T09:00:00-03:00","close":"2026-03-16T13:00:00-03:00"},{"open":"2026-03-16T15:00:00-03:00","close":"2026-03-16T18:00:00-03:00"}],"batch_id":"batch_1"}
8 accepted
    {"id":"P-08","day":"2026-03-16","location":{"lat":-34.899928,"lon":-62.49216},"address":"Librería Cervantes","service_s":180,"load":{"bultos":2,"kg":25},"windows":[{"open":"2026-03-16T10:00:00-03:00","close":"2026-03-16T13:00:00-03:00"},{"open":"2026-03-16T16:00:00-03:00","close":"2026-03-16T19:00:00-03:00"}],"batch_id":"batch_1"}
9 accepted
    {"id":"P-09","day":"2026-03-16","location":{"lat":-34.896699,"lon":-62.492028},"address":"Estación de Tren","service_s":240,"load":{"bultos":2,"kg":20},"windows":[{"open":"2026-03-16T06:00:00-03:00","close":"2026-03-16T12:00:00-03:00"}],"batch_id":"batch_1"}
10 accepted
    {"id":"P-10","day":"2026-03-16","location":{"lat":-34.89455,"lon":-62.494836},"address":"Club Atlético","service_s":180,"load":{"bultos":3,"kg":30},"batch_id":"batch_1"}
11 accepted
    {"id":"P-11","day":"2026-03-16","kind":"pickup","location":{"lat":-34.897769,"lon":-62.493311},"address":"Cervecería del Río","service_s":420,"load":{"bultos":12,"kg":120},"windows":[{"open":"2026-03-16T14:00:00-03:00","close":"2026-03-16T18:00:00-03:00"}],"batch_id":"batch_1"}
12 accepted
    {"id":"P-12","day":"2026-03-16","location":{"lat":-34.895755,"lon":-62.497456},"address":"Biblioteca Sarmiento","service_s":180,"load":{"bultos":1,"kg":15},"windows":[{"open":"2026-03-16T09:00:00-03:00","close":"2026-03-16T17:00:00-03:00"}],"batch_id":"batch_1"}
