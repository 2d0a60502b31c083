"""The schemas of classic sample databases, as published; their rows are drawn (`keys_databases.py`)."""

from __future__ import annotations

from typing import Final

from tests.benchmarks.keys_databases import Database, city, day, family, given, letters, money, name, number, of, pairs, ref, serial, some


def chinook() -> Database:
    """Return Chinook: a music shop."""
    b = Database(1)
    b.table("Artist", 275, "ArtistId", ArtistId=serial(), Name=name())
    b.table("Album", 347, "AlbumId", AlbumId=serial(), Title=name(), ArtistId=ref("Artist"))
    people = {"LastName": family(), "FirstName": given()}
    b.table(
        "Employee", 8, "EmployeeId", EmployeeId=serial(), **people, Title=some("IT Staff", "Sales Support", "Manager"),
        ReportsTo=ref("Employee", most=3), BirthDate=day("1950-01-01", 9000), HireDate=day("2002-01-01", 900), City=city(),
    )  # fmt: skip
    b.table(
        "Customer", 59, "CustomerId", CustomerId=serial(), **people, City=city(), Country=some("Brazil", "France", "USA", "Canada"),
        SupportRepId=ref("Employee"),
    )  # fmt: skip
    b.table("Genre", 25, "GenreId", GenreId=serial(), Name=name())
    b.table("MediaType", 5, "MediaTypeId", MediaTypeId=serial(), Name=of("MPEG", "AAC", "Protected", "Video", "Purchased"))
    b.table(
        "Invoice", 412, "InvoiceId", InvoiceId=serial(), CustomerId=ref("Customer"), InvoiceDate=day("2009-01-01", 1800),
        BillingCity=city(), BillingCountry=some("Brazil", "France", "USA"), Total=money(25),
    )  # fmt: skip
    b.table(
        "Track", 3503, "TrackId", TrackId=serial(), Name=name(), AlbumId=ref("Album"), MediaTypeId=ref("MediaType"), GenreId=ref("Genre"),
        Milliseconds=number(60_000, 900_000), Bytes=number(2_000_000, 15_000_000), UnitPrice=some("0.99", "1.99"),
    )  # fmt: skip
    b.table(
        "InvoiceLine", 2240, "InvoiceLineId", InvoiceLineId=serial(), InvoiceId=ref("Invoice"), TrackId=ref("Track"),
        UnitPrice=some("0.99", "1.99"), Quantity=number(1, 1),
    )  # fmt: skip
    b.table("Playlist", 18, "PlaylistId", PlaylistId=serial(), Name=name())
    b.table("PlaylistTrack", 8715, "PlaylistId TrackId", PlaylistId=ref("Playlist"), TrackId=ref("Track"))
    return b


def northwind() -> Database:
    """Return Northwind: a trade in food."""
    b = Database(2)
    b.table("categories", 8, "category_id", category_id=serial(), category_name=name(), description=name())
    b.table("suppliers", 29, "supplier_id", supplier_id=serial(), company_name=name(), city=city(), phone=number(10**9, 10**10))
    b.table("shippers", 6, "shipper_id", shipper_id=serial(), company_name=name(), phone=number(10**9, 10**10))
    b.table("customers", 91, "customer_id", customer_id=letters(5), company_name=name(), contact_name=given(), city=city())
    b.table(
        "employees", 9, "employee_id", employee_id=serial(), last_name=family(), first_name=given(), birth_date=day("1950-01-01", 9000),
        hire_date=day("1992-01-01", 900), city=city(), reports_to=ref("employees", most=2),
    )  # fmt: skip
    b.table("region", 4, "region_id", region_id=serial(), region_description=of("Eastern", "Western", "Northern", "Southern"))
    b.table("territories", 53, "territory_id", territory_id=number(10_000, 98_999), territory_description=city(), region_id=ref("region"))
    b.table(
        "employee_territories", 49, "employee_id territory_id", employee_id=ref("employees"), territory_id=ref("territories", each=True)
    )
    b.table(
        "products", 77, "product_id", product_id=serial(), product_name=name(), supplier_id=ref("suppliers"), category_id=ref("categories"),
        unit_price=money(90), units_in_stock=number(0, 125), units_on_order=some("0", "0", "0", "10", "40", "70"),
        reorder_level=some("0", "5", "10", "15", "20", "25", "30"), discontinued=some("0", "0", "1"),
    )  # fmt: skip
    b.table(
        "orders", 830, "order_id", order_id=serial(10_248), customer_id=ref("customers"), employee_id=ref("employees"),
        order_date=day("1996-07-04", 670), shipped_date=day("1996-07-10", 670), ship_via=ref("shippers", most=3), freight=money(900),
        ship_name=name(), ship_city=city(),
    )  # fmt: skip
    b.table(
        "order_details", 2155, "order_id product_id", order_id=ref("orders"), product_id=ref("products"), unit_price=money(90),
        quantity=number(1, 120), discount=some("0", "0", "0.05", "0.1", "0.2"),
    )  # fmt: skip
    return b


def sakila() -> Database:
    """Return Sakila: a shop that lends films."""
    b = Database(3)
    last = {"last_update": some("2006-02-15 04:34:33", "2006-02-15 05:05:03")}
    b.table("actor", 200, "actor_id", actor_id=serial(), first_name=given(), last_name=family(), **last)
    b.table("category", 16, "category_id", category_id=serial(), name=name(), **last)
    b.table(
        "language",
        6,
        "language_id",
        language_id=serial(),
        name=of("English", "Italian", "Japanese", "Mandarin", "French", "German"),
        **last,
    )
    b.table("country", 109, "country_id", country_id=serial(), country=name(), **last)
    b.table("city", 600, "city_id", city_id=serial(), city=name(), country_id=ref("country"), **last)
    b.table("address", 603, "address_id", address_id=serial(), address=name(), district=city(), city_id=ref("city", each=True), **last)
    b.table(
        "film", 1000, "film_id", film_id=serial(), title=name(), release_year=number(2006, 2006), language_id=ref("language", most=1),
        original_language_id=ref("language", 0.5), rental_duration=number(3, 7), rental_rate=some("0.99", "2.99", "4.99"),
        length=number(46, 185), replacement_cost=money(29), rating=some("G", "PG", "R", "NC-17"), **last,
    )  # fmt: skip
    b.table("film_actor", 3000, "actor_id film_id", actor_id=ref("actor"), film_id=ref("film"), **last)
    b.table("film_category", 1000, "film_id category_id", film_id=ref("film", each=True), category_id=ref("category"), **last)
    b.table(
        "staff", 2, "staff_id", staff_id=serial(), first_name=of("Mike", "Jon"), last_name=of("Hillyer", "Stephens"), address_id=of("3",
        "4"),
        store_id=serial(), active=of("1"), username=of("Mike", "Jon"), **last,
    )  # fmt: skip
    b.table("store", 2, "store_id", store_id=serial(), manager_staff_id=ref("staff", each=True), address_id=of("1", "2"), **last)
    for one in ("staff", "store"):
        b.also(one, "address_id", "address", "address_id")
    b.also("staff", "store_id", "store", "store_id")
    b.table(
        "customer", 599, "customer_id", customer_id=serial(), store_id=ref("store"), first_name=given(), last_name=family(),
        address_id=serial(5), active=some("1", "1", "0"), create_date=some("2006-02-14 22:04:36", "2006-02-14 22:04:37"), **last,
    )  # fmt: skip
    b.also("customer", "address_id", "address", "address_id")
    b.table("inventory", 4581, "inventory_id", inventory_id=serial(), film_id=ref("film"), store_id=ref("store"), **last)
    b.table(
        "rental", 3000, "rental_id", rental_id=serial(), rental_date=day("2005-05-24", 260), inventory_id=ref("inventory"),
        customer_id=ref("customer"), return_date=day("2005-05-26", 260), staff_id=ref("staff"), **last,
    )  # fmt: skip
    b.table(
        "payment", 3000, "payment_id", payment_id=serial(), customer_id=ref("customer"), staff_id=ref("staff"), rental_id=ref("rental"),
        amount=money(12), payment_date=day("2005-05-24", 260), **last,
    )  # fmt: skip
    return b


def employees() -> Database:
    """Return Employees: who worked where, for what."""
    b = Database(4)
    b.table("departments", 9, "dept_no", dept_no=serial(1, "d{:03}"), dept_name=name())
    people = {"birth_date": day("1952-02-01", 4700), "first_name": given(), "last_name": family(), "gender": some("M", "F")}
    b.table("employees", 5000, "emp_no", emp_no=serial(10_001), **people, hire_date=day("1985-01-01", 5000))
    times = {"from_date": day("1985-01-01", 5000), "to_date": some("9999-01-01", "9999-01-01", "1999-05-03", "2001-07-22")}
    b.table("dept_emp", 5500, "emp_no dept_no", emp_no=ref("employees"), dept_no=ref("departments"), **times)
    b.table("dept_manager", 24, "emp_no dept_no", emp_no=ref("employees", most=2000), dept_no=ref("departments"), **times)
    b.table("titles", 4000, "emp_no title from_date", emp_no=ref("employees"), title=some("Engineer", "Senior Engineer", "Staff"), **times)
    b.table("salaries", 6000, "emp_no from_date", emp_no=ref("employees"), salary=number(38_000, 150_000), **times)
    return b


def world() -> Database:
    """Return World: countries, cities, languages."""
    b = Database(5)
    b.table(
        "country", 239, "Code", Code=letters(3), Name=name(), Continent=some("Asia", "Europe", "Africa"), SurfaceArea=money(90_000),
        IndepYear=number(1500, 1994), Population=number(0, 10**9), GNP=money(9000), HeadOfState=given(), Capital=number(1, 4079),
        Code2=pairs(),
    )  # fmt: skip
    b.table("city", 4079, "ID", ID=serial(), Name=city(), CountryCode=ref("country"), District=city(), Population=number(42, 10**7))
    b.table(
        "countrylanguage", 984, "CountryCode Language", CountryCode=ref("country"), Language=city(), IsOfficial=some("T", "F"),
        Percentage=money(100),
    )  # fmt: skip
    b.also("country", "Capital", "city", "ID")
    return b


def pubs() -> Database:
    """Return Pubs: publishers and what they sell."""
    b = Database(6)
    ssn = number(100_000_000, 999_000_000)
    b.table("authors", 23, "au_id", au_id=ssn, au_lname=family(), au_fname=given(), city=city(), contract=some("0", "1"))
    b.table(
        "publishers", 8, "pub_id", pub_id=of("0736", "0877", "1389", "1622", "1756", "9901", "9952", "9999"), pub_name=name(), city=city()
    )
    b.table(
        "titles", 18, "title_id", title_id=letters(6), title=name(), type=some("business", "psychology"), pub_id=ref("publishers", most=3),
        price=money(23), ytd_sales=number(15, 22_246), pubdate=day("1991-06-01", 900),
    )  # fmt: skip
    b.table(
        "titleauthor", 25, "au_id title_id", au_id=ref("authors"), title_id=ref("titles"), au_ord=number(1, 3),
        royaltyper=some("25", "30", "40", "50", "100"),
    )  # fmt: skip
    b.table("stores", 6, "stor_id", stor_id=of("6380", "7066", "7067", "7131", "7896", "8042"), stor_name=name(), city=city())
    b.table(
        "sales", 60, "stor_id ord_num title_id", stor_id=ref("stores"), ord_num=some("6871", "722a", "A2976", "D4482", "N9140", "P2121",
        "QA75"),
        ord_date=day("1992-06-01", 900), qty=some("3", "5", "10", "15", "20", "25"), payterms=some("Net 30", "Net 60"),
        title_id=ref("titles"),
    )  # fmt: skip
    b.table("jobs", 14, "job_id", job_id=serial(), job_desc=name(), min_lvl=some("10", "25", "75"), max_lvl=some("100", "165", "225"))
    b.table(
        "employee", 43, "emp_id", emp_id=serial(10_000, "PMA{}M"), fname=given(), lname=family(), job_id=ref("jobs"), job_lvl=number(10,
        225),
        pub_id=ref("publishers"), hire_date=day("1988-10-09", 2000),
    )  # fmt: skip
    b.table("pub_info", 8, "pub_id", pub_id=ref("publishers", each=True), pr_info=name())
    return b


def works() -> Database:
    """Return a part of AdventureWorks: one id for all that is a person, and roles in the names of what refers to it."""
    b = Database(7)
    times = {"ModifiedDate": day("2011-05-01", 1200)}
    b.table(
        "Person",
        900,
        "BusinessEntityID",
        BusinessEntityID=serial(),
        PersonType=some("EM", "SC", "IN"),
        FirstName=given(),
        LastName=family(),
        **times,
    )
    b.table(
        "SalesTerritory",
        10,
        "TerritoryID",
        TerritoryID=serial(),
        Name=name(),
        Group=some("Europe", "Pacific"),
        SalesYTD=money(9_000_000),
        **times,
    )
    b.table(
        "Employee", 290, "BusinessEntityID", BusinessEntityID=ref("Person", each=True), NationalIDNumber=number(10**8, 10**9),
        LoginID=serial(1, "adventure-works\\u{}"), JobTitle=name(), BirthDate=day("1951-10-17", 12_000), HireDate=day("2006-06-30",
        2000), **times,
    )  # fmt: skip
    b.table(
        "SalesPerson", 17, "BusinessEntityID", BusinessEntityID=serial(274), TerritoryID=ref("SalesTerritory", 0.2),
        SalesQuota=some("250000", "300000"),
        Bonus=some("0", "500", "3500"), CommissionPct=some("0.01", "0.015", "0.02"), **times,
    )  # fmt: skip
    b.also("SalesPerson", "BusinessEntityID", "Employee", "BusinessEntityID")
    b.table("Store", 200, "BusinessEntityID", BusinessEntityID=serial(901), Name=name(), SalesPersonID=ref("SalesPerson"), **times)
    b.table(
        "Customer", 800, "CustomerID", CustomerID=serial(), PersonID=ref("Person", 0.1), StoreID=ref("Store", 0.3),
        TerritoryID=ref("SalesTerritory"),
        AccountNumber=serial(1, "AW{:08}"), **times,
    )  # fmt: skip
    b.table(
        "ProductCategory",
        4,
        "ProductCategoryID",
        ProductCategoryID=serial(),
        Name=of("Bikes", "Components", "Clothing", "Accessories"),
        **times,
    )
    b.table(
        "ProductSubcategory",
        37,
        "ProductSubcategoryID",
        ProductSubcategoryID=serial(),
        ProductCategoryID=ref("ProductCategory"),
        Name=name(),
        **times,
    )
    b.table(
        "Product", 504, "ProductID", ProductID=serial(), Name=name(), ProductNumber=serial(100, "AR-{}"), SafetyStockLevel=some("4",
        "100", "500", "800"),
        ReorderPoint=some("3", "75", "375"), ListPrice=money(3500), ProductSubcategoryID=ref("ProductSubcategory", 0.3), **times,
    )  # fmt: skip
    b.table("ShipMethod", 5, "ShipMethodID", ShipMethodID=serial(), Name=name(), ShipBase=money(10), **times)
    b.table("Address", 1200, "AddressID", AddressID=serial(), AddressLine1=name(), City=city(), PostalCode=number(10_000, 99_999), **times)
    b.table(
        "SalesOrderHeader", 3000, "SalesOrderID", SalesOrderID=serial(43_659), OrderDate=day("2011-05-31", 1100), Status=of("5"),
        CustomerID=ref("Customer"), SalesPersonID=ref("SalesPerson", 0.5), TerritoryID=ref("SalesTerritory"),
        BillToAddressID=ref("Address"),
        ShipToAddressID=ref("Address"), ShipMethodID=ref("ShipMethod"), SubTotal=money(90_000), **times,
    )  # fmt: skip
    b.table(
        "SalesOrderDetail", 9000, "SalesOrderID SalesOrderDetailID", SalesOrderID=ref("SalesOrderHeader"), SalesOrderDetailID=serial(),
        OrderQty=number(1, 30), ProductID=ref("Product"), UnitPrice=money(3500), **times,
    )  # fmt: skip
    return b


DATABASES: Final = (chinook, northwind, sakila, employees, world, pubs, works)
